#include <offhook/agent/redaction/redaction.hpp>
#include <offhook/base/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace offhook;
using namespace offhook::agent::redaction;

namespace {

Redactor make(RedactionOptions options = {}) {
  auto made = Redactor::make(options);
  REQUIRE(made);
  return *made;
}

std::string redacted(std::string_view text, unsigned digits_from = 4) {
  RedactionOptions options;
  options.digits_from = digits_from;
  return make(options).redacted(text);
}

}  // namespace

TEST_CASE("Redactor redacts a run of N digits, and keeps a run of N - 1 digits") {
  CHECK(redacted("my pin is 4711, thanks") == "my pin is [digits], thanks");
  CHECK(redacted("room 471") == "room 471");
  CHECK(redacted("room 471", 3) == "room [digits]");
  CHECK(redacted("call 030 1234567 now", 8) == "call [digits] now");
  CHECK(redacted("4711", 0) == "4711");
}

TEST_CASE("Digits divided by blanks, dashes, points, slashes or brackets are one run") {
  for (const char* written : {"4 7 1 1", "47-11", "47.11", "4/7/1/1", "(47) 11", "+47 11", "4, 7, 1, 1", "47 - 11", "4_7_1_1",
                              "47\xc2\xa0"
                              "11",
                              "4\xe2\x80\x8b"
                              "7\xe2\x80\x8b"
                              "1\xe2\x80\x8b"
                              "1",
                              "47\xe2\x80\x93"
                              "11",
                              "47\xe2\x88\x92"
                              "11",
                              "47\n11", "4*7*1*1#"}) {
    CAPTURE(written);
    CHECK(redacted(std::string("it is ") + written + " ok").find_first_of("147") == std::string::npos);
  }
}

TEST_CASE("Digits that are too far apart, or that other words divide, are not a run") {
  CHECK(redacted("at 9 I had 2 eggs and 10 pans") == "at 9 I had 2 eggs and 10 pans");
  CHECK(redacted("10:30") == "10:30");
  CHECK(redacted("12          34") == "12          34");
}

TEST_CASE("Spoken digits count like written digits, in six languages") {
  for (const char* spoken : {"four one five two",
                             "Four, one, five - two",
                             "four one five double two",
                             "oh three oh one",
                             "zero zero four four",
                             "forty one fifty two",
                             "nineteen eighty four",
                             "vier eins f\xc3\xbcnf zwo",
                             "null drei null eins zwei",
                             "vierundzwanzig zweiundf\xc3\xbcnfzig",
                             "cuatro uno cinco dos",
                             "veintid\xc3\xb3s treinta y tres",
                             "quatre un cinq deux",
                             "soixante dix quatre vingt",
                             "quattro uno cinque due",
                             "ventidue quarantacinque",
                             "quatro um cinco dois",
                             "meia meia sete oito",
                             "4 one 5 zwei",
                             "four one dash five two",
                             "four one uh five and two",
                             "triple seven one",
                             "FOUR ONE FIVE TWO"}) {
    CAPTURE(spoken);
    CHECK(redacted(std::string("it is ") + spoken + " please") == "it is [digits] please");
  }
}

TEST_CASE("Redactor keeps a few number words in a sentence") {
  for (const char* text : {"one of the two came at five", "I have two children and three dogs", "just a second",
                           "vier Leute kamen um acht", "for once I agree", "twenty minutes", "forty two", "no one knows",
                           "a hundred times", "un moment s'il vous plait", "wir sind zu zweit um drei da"}) {
    CAPTURE(text);
    CHECK(redacted(text) == text);
  }
}

TEST_CASE("A word for tens and the following unit count as two digits: 'forty two'") {
  CHECK(redacted("forty two", 3) == "forty two");
  CHECK(redacted("forty two three", 3) == "[digits]");
  CHECK(redacted("forty fifty", 4) == "[digits]");
  CHECK(redacted("double four", 3) == "double four");
  CHECK(redacted("triple four", 3) == "[digits]");
}

TEST_CASE("Digits of other scripts count too") {
  CHECK(redacted("\xd9\xa4\xd9\xa7\xd9\xa1\xd9\xa1") == "[digits]");
  CHECK(redacted("\xef\xbc\x94\xef\xbc\x97\xef\xbc\x91\xef\xbc\x91") == "[digits]");
  CHECK(redacted("\xe0\xa5\xaa\xe0\xa5\xad\xe0\xa5\xa7\xe0\xa5\xa7") == "[digits]");
}

TEST_CASE("Redactor redacts a card number with any digit limit, together with the expiry date and the code after the number") {
  CHECK(redacted("card 4111 1111 1111 1111 ok", 0) == "card [card] ok");
  CHECK(redacted("card 4111-1111-1111-1111 12/27 123 ok", 0) == "card [card] ok");
  CHECK(redacted("3782 822463 10005", 0) == "[card]");
  CHECK(redacted("four one one one one one one one one one one one one one one one", 0) == "[card]");
  CHECK(redacted("4111 1111 1111 1112", 0) == "4111 1111 1111 1112");
  CHECK(redacted("4111 1111 1111 1112", 4) == "[digits]");
  CHECK(redacted("0000 0000 0000 0000", 0) == "0000 0000 0000 0000");
}

TEST_CASE("Redactor redacts e-mail addresses, both written and spoken") {
  for (const char* address : {"john.smith@example.com", "a+b@sub.example.co.uk", "john @ example.com", "root@localhost",
                              "j\xc3\xb6rg@b\xc3\xbcro.example", "john at example dot com", "john dot smith at example dot com",
                              "j o h n at example dot org", "info underscore desk at my dash shop dot co dot uk",
                              "max punkt muster klammeraffe beispiel punkt de", "ana arroba ejemplo punto es",
                              "mario chiocciola esempio punto it", "john at example.com"}) {
    CAPTURE(address);
    CHECK(redacted(std::string("write to: ") + address + ", yes") == "write to: [email], yes");
  }
}

TEST_CASE("A text that only resembles an e-mail address stays") {
  for (const char* text :
       {"look at this point in time", "we meet at noon", "@home", "a @ b", "at five dot", "see you at the dot"}) {
    CAPTURE(text);
    CHECK(redacted(text, 0) == text);
  }
}

TEST_CASE("Redactor redacts an IBAN with valid check digits, written in groups or without blanks [ISO 13616]") {
  CHECK(redacted("to DE89 3704 0044 0532 0130 00 please", 0) == "to [iban] please");
  CHECK(redacted("to de89370400440532013000.", 0) == "to [iban].");
  CHECK(redacted("GB82 WEST 1234 5698 7654 32 ok", 0) == "[iban] ok");
  CHECK(redacted("NO93 8601 1117 947", 0) == "[iban]");
  CHECK(redacted("DE88 3704 0044 0532 0130 00", 0) == "DE88 3704 0044 0532 0130 00");
  CHECK(redacted("DE88 3704 0044 0532 0130 00") == "DE[digits]");
}

TEST_CASE("The operator's own patterns support digits, letters, any character, the rest of a word, and escaped characters") {
  RedactionOptions options;
  options.digits_from = 0;
  options.patterns = {"KD-####", "case *", "@@ ###", "x\\#?", "password is ?????"};
  const Redactor redactor = make(options);
  CHECK(redactor.redacted("my number is kd-4711!") == "my number is [hidden]!");
  CHECK(redactor.redacted("KD-47112") == "KD-47112");
  CHECK(redactor.redacted("aKD-4711") == "aKD-4711");
  CHECK(redactor.redacted("case AB_12-x, then") == "[hidden], then");
  CHECK(redactor.redacted("showcase 1") == "showcase 1");
  CHECK(redactor.redacted("plate B\xc3\x84 123.") == "plate [hidden].");
  CHECK(redactor.redacted("it is x#\xe2\x82\xac.") == "it is [hidden].");
  CHECK(redactor.redacted("password is a\xc3\xbc\xe2\x82\xac"
                          "de") == "[hidden]");
}

TEST_CASE("An unusable pattern is refused with a remedy, and patterns have bounds") {
  const auto error = [](std::string pattern) {
    const auto parsed = TextPattern::parse(pattern);
    return parsed ? std::string() : std::string(to_string(parsed.error()));
  };
  CHECK_FALSE(error("").empty());
  CHECK_FALSE(error("*").empty());
  CHECK_FALSE(error("? *").empty());
  CHECK_FALSE(error("a\\").empty());
  CHECK(error(std::string(kMaxPatternElements, 'a')).empty());
  CHECK_FALSE(error(std::string(kMaxPatternElements + 1, 'a')).empty());
  RedactionOptions options;
  options.patterns.assign(kMaxPatterns, "a");
  CHECK(Redactor::make(options));
  options.patterns.emplace_back("a");
  CHECK_FALSE(Redactor::make(options));
  options.patterns = {"good", "bad\\"};
  const auto refused = Redactor::make(options);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().detail.find("pattern 2, \"bad\\\"") != std::string::npos);
}

TEST_CASE("A match has at most kMaxMatch characters, which bounds the time for patterns with stars") {
  const auto pattern = TextPattern::parse("a*b");
  REQUIRE(pattern);
  const auto length = [&](std::size_t middle) { return pattern->match(points_of("a" + std::string(middle, 'x') + "b"), 0); };
  CHECK(length(kMaxMatch - 2) == kMaxMatch);
  CHECK(length(kMaxMatch - 1) == 0);
  const auto hard = TextPattern::parse("a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b");
  REQUIRE(hard);
  CHECK(hard->match(points_of(std::string(20000, 'a')), 0) == 0);
}

TEST_CASE("Redacting a redacted text changes nothing, and overlapping findings become one") {
  const Redactor redactor = make();
  for (const char* text : {"4711 0815 and a1234@example.com", "DE89370400440532013000@bank.example", "12345@67890.com 99999"}) {
    const std::string once = redactor.redacted(text);
    CHECK(redactor.redacted(once) == once);
    CHECK(once.find_first_of("0123456789") == std::string::npos);
  }
}

TEST_CASE("A default-constructed redactor changes nothing") {
  CHECK(Redactor().redacted("4711 0815") == "4711 0815");
}

TEST_CASE("Texts are cut at kMaxRedactedBytes, never within a character") {
  CHECK(make().redacted(std::string(kMaxRedactedBytes, 'x')).size() == kMaxRedactedBytes);
  CHECK(make().redacted(std::string(kMaxRedactedBytes - 1, 'x') + "\xc3\xbc").size() == kMaxRedactedBytes - 1);
}

TEST_CASE("Octets that are not UTF-8 stay unchanged, and end a run of digits, but do not hide a run beside them") {
  CHECK(redacted("\xff\xfe pin 4711 \xc3") == "\xff\xfe pin [digits] \xc3");
  CHECK(redacted("47\xff"
                 "11 5") ==
        "47\xff"
        "11 5");
}

TEST_CASE("Redacted random texts have no run of N digits, and valid UTF-8 stays valid") {
  base::SeededRandom random(20261121);
  const std::string_view pieces[] = {
      "4", "7", "11", "0", " ", "-", ".", "a", "xy", "@", ".com", "\xc3\xbc", "\xe2\x82\xac", "four",
      " one ", "DE", "\xef\xbc\x91", ", ", "and "};
  const Redactor redactor = make();
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (std::uint64_t i = random.below(40); i > 0; --i) text += pieces[random.below(std::size(pieces))];
    const std::string out = redactor.redacted(text);
    CAPTURE(text);
    std::size_t run = 0, longest = 0;
    for (const TextPoint& point : points_of(out)) {
      if (digit_of(point.code) >= 0)
        longest = std::max(longest, ++run);
      else if (point.code != ' ' && point.code != '-' && point.code != '.' && point.code != ',')
        run = 0;
      CHECK(point.code != 0xfffd);
    }
    CHECK(longest < 4);
    CHECK(redactor.redacted(out) == out);
  }
}
