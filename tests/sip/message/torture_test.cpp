// Compares the parser's results for whole messages with tables: Offhook's own messages, and those of the RFCs if the shared test
// data is available. Other folders test the responses of the layers above the parser (416, 420, 415, 481, ...).
#include "support.hpp"

#include <offhook/tests/testkit/shared_data.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

#include <sstream>

using namespace offhook::sip;
using namespace std::string_literals;

namespace {

struct Expectation {
  std::string_view file;
  int refused = 0;  ///< the status of the refusal; 0 if the parser accepts the message
  bool answerable = true;
};

// RFC 4475. A response that the parser refuses is never answerable.
constexpr Expectation kRfc4475[] = {
    {"badaspec.dat", 0}, {"badbranch.dat", 0}, {"baddate.dat", 0}, {"baddn.dat", 400}, {"badinv01.dat", 400}, {"badvers.dat", 505},
    {"bcast.dat", 0}, {"bext01.dat", 0}, {"bigcode.dat", 400, false}, {"clerr.dat", 400}, {"cparam01.dat", 0}, {"cparam02.dat", 0},
    {"dblreq.dat", 0}, {"esc01.dat", 0}, {"esc02.dat", 0}, {"escnull.dat", 0}, {"escruri.dat", 0}, {"insuf.dat", 400, false},
    {"intmeth.dat", 0}, {"inv2543.dat", 0}, {"invut.dat", 0}, {"longreq.dat", 0}, {"ltgtruri.dat", 400}, {"lwsdisp.dat", 0},
    {"lwsruri.dat", 400}, {"lwsstart.dat", 0}, {"mcl01.dat", 400}, {"mismatch01.dat", 400}, {"mismatch02.dat", 501}, {"mpart01.dat", 0},
    {"multi01.dat", 400}, {"ncl.dat", 400}, {"noreason.dat", 0}, {"novelsc.dat", 0}, {"quotbal.dat", 400}, {"regaut01.dat", 0},
    {"regbadct.dat", 0}, {"regescrt.dat", 0}, {"scalar02.dat", 400}, {"scalarlg.dat", 400, false}, {"sdp01.dat", 0}, {"semiuri.dat", 0},
    {"test.dat", 400, false}, {"transports.dat", 0}, {"trws.dat", 0}, {"unkscm.dat", 0}, {"unksm2.dat", 0}, {"unreason.dat", 0},
    {"wsinv.dat", 0}, {"zeromf.dat", 0},
};

// RFC 5118. The Content-Length of ipv6-in-sdp is 268, but its body has 251 octets, which is an error in a datagram
// (RFC 3261 section 18.3). Another test corrects the length and then parses the message.
constexpr Expectation kRfc5118[] = {
    {"ipv4-mapped-ipv6", 0}, {"ipv6-bad", 400},       {"ipv6-bug-abnf-3-colons", 400},    {"ipv6-correct-abnf-2-colons", 0},
    {"ipv6-good", 0},        {"ipv6-in-sdp", 400},    {"mult-ip-in-header", 0},           {"mult-ip-in-sdp", 0},
    {"port-ambiguous", 0},   {"port-unambiguous", 0}, {"via-received-param-no-delim", 0}, {"via-received-param-with-delim", 0},
};

void check(const std::string& text, const Expectation& expected) {
  CAPTURE(expected.file);
  const auto result = test::parse(text);
  const auto why = result ? std::string_view("parsed") : to_string(result.error().error);
  CAPTURE(why);
  REQUIRE(result.has_value() == (expected.refused == 0));
  if (result) return;
  CHECK(result.error().status == expected.refused);
  CHECK(result.error().answerable == expected.answerable);
}

/// Returns true and skips the test case if the shared test data has no folder `name`.
bool is_skipped(const char* name) {
  if (offhook_test::has_shared_data(name)) return false;
  offhook_test::skip(std::string("the shared test data has no ") + name);
  return true;
}

template <std::size_t N>
void check_folder(const char* name, const Expectation (&table)[N]) {
  if (is_skipped(name)) return;
  const auto folder = offhook_test::shared_data(name);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files += entry.path().extension() == ".tsv" ? 0 : 1;
  CHECK(files == N);  // Each file has an expectation.
  for (const auto& expected : table) {
    auto text = test::read_file(folder / expected.file);
    REQUIRE_FALSE(text.empty());
    if (text.find('\r') == std::string::npos) text = test::lines(text);  // The files of RFC 5118 have LF, but their lengths count CRLF.
    check(text, expected);
  }
}

Message rfc4475(const char* file) {
  auto result = test::parse(test::read_file(offhook_test::shared_data("rfc4475") / file));
  REQUIRE_MESSAGE(result, file);
  return std::move(*result);
}

std::vector<std::string> split(const std::string& line, char at) {
  std::vector<std::string> parts;
  std::istringstream in(line);
  for (std::string part; std::getline(in, part, at);) parts.push_back(part);
  return parts;
}

}  // namespace

TEST_CASE("the parser accepts or refuses each of Offhook's own torture messages as EXPECTED.tsv requires") {
  const std::filesystem::path folder = "tests/data/torture";
  std::istringstream table(test::read_file(folder / "EXPECTED.tsv"));
  std::string line;
  std::getline(table, line);
  std::size_t rows = 0;
  while (std::getline(table, line)) {
    const auto row = split(line, '\t');
    REQUIRE(row.size() == 6);
    CAPTURE(row[0]);
    CAPTURE(row[5]);
    const auto text = test::read_file(folder / row[0]);
    REQUIRE_FALSE(text.empty());
    const auto result = test::parse(text);
    ++rows;
    const std::string why(result ? "-" : to_string(result.error().error));
    CAPTURE(why);
    REQUIRE((result ? "parsed" : "refused") == row[1]);
    CHECK(why == row[3]);
    if (result) continue;
    CHECK(std::to_string(result.error().status) == row[2]);
    CHECK((result.error().answerable ? "yes" : "no") == row[4]);
  }
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files += entry.path().extension() == ".sip" ? 1 : 0;
  CHECK(rows == files);
  CHECK(rows >= 25);
}

TEST_CASE("the parser reads the values in Offhook's own torture messages correctly") {
  const auto own = [](const char* name) {
    auto result = test::parse(test::read_file(std::filesystem::path("tests/data/torture") / name));
    REQUIRE_MESSAGE(result, name);
    return std::move(*result);
  };
  const auto folded = own("folds-and-compact-forms.sip");
  CHECK(folded.top_via().host == "192.0.2.41");
  CHECK(folded.top_via().port == 5070);
  CHECK(folded.top_via().branch() == "z9hG4bKfold2");
  CHECK(folded.from().tag() == "g2");
  CHECK(folded.from().display_text() == "Grace \"Amazing\" H");
  CHECK(folded.cseq().number == 7);
  CHECK(folded.content_type() == "application/sdp");
  CHECK(folded.find(HeaderName::Subject) == "");
  CHECK(folded.call_id() == "fold-2");
  const auto names = own("names-to-trip-over.sip");
  CHECK(names.from().uri.user == "honest");
  CHECK(names.to().uri.user == "agent");
  const auto contacts = names.name_addrs(HeaderName::Contact, kMaxContacts);
  REQUIRE(contacts);
  REQUIRE(contacts->size() == 2);
  CHECK((*contacts)[0].uri.headers == "b=2");
  CHECK((*contacts)[1].uri.user == "c2");
  CHECK(own("octets-behind-the-body.sip").body() == "hello");
  CHECK(own("nul-octets.sip").body() == "\0a\0\r\n\0"s);
  CHECK(own("odd-method.sip").method() == Method::Other);
  CHECK(own("ipv6-everywhere.sip").top_via().params.find("received") == "2001:db8::7");
  CHECK(own("received-in-brackets.sip").top_via().params.find("received") == "[2001:db8::9:255]");
  CHECK(own("two-colons.sip").to().uri.host == "[2001:db8::192.0.2.1]");

  const auto escaped = own("escapes-in-names.sip");
  const auto escapes = escaped.name_addrs(HeaderName::Contact, kMaxContacts);
  REQUIRE(escapes);
  REQUIRE(escapes->size() == 2);  // C%6Fntact is not a Contact.
  CHECK((*escapes)[0].uri.user == "b");
  CHECK((*escapes)[1].uri.user == "b%00");
  CHECK(own("escaped-method.sip").method_text() == "O%50TIONS");
  CHECK(own("schemes-in-the-header.sip").from().uri.text == "news:sh.example");
  CHECK(own("known-scheme-of-others.sip").request_uri() == "https://phone.example/agent");
  CHECK(own("max-forwards-too-large.sip").max_forwards() == 256);
  CHECK_FALSE(own("expires-beyond-32-bits.sip").number(HeaderName::Expires));

  const auto odd = own("odd-header-fields.sip");
  CHECK(odd.find("Unseen-Before") == ";;,,;=,");
  CHECK(odd.find(HeaderName::Organization) == "");
  CHECK(odd.lists(HeaderName::Supported, "100rel"));
  CHECK(odd.name_addrs(HeaderName::Route, kMaxRoutes)->front().uri.params.find("lit") == "up");
  CHECK(odd.find(HeaderName::Subject) == "%20 is no space");
  const auto user = own("odd-user-and-password.sip");
  CHECK(user.to().uri.user == "odd-user.1~(a!b)&c=+$,;?/d;*");
  CHECK(user.to().uri.host == "phone.example");
  CHECK(user.to().display_text() == "\\ \" <>");
  CHECK(user.to().params.find("odd.param-1!%*_+`'~") == "v");
  const auto spaces = own("spaces-before-values.sip");
  CHECK(spaces.call_id() == "sv-89");
  CHECK(spaces.cseq().number == 89);
  CHECK(spaces.find(HeaderName::UserAgent) == "");
  const auto quoted = own("quoted-parameters.sip");
  CHECK(quoted.contact()->uri.params.find("alias") == "192.0.2.91~5060~1");
  CHECK(quoted.contact()->params.find("+sip.instance") == "\"<urn:uuid:00000000-0000-4000-8000-000000000090>\"");
  CHECK(quoted.contact()->params.find("q") == "1.0");
  CHECK(quoted.to().params.find("transport") == "udp");
  CHECK_FALSE(quoted.to().uri.params.has("transport"));
  CHECK(quoted.name_addrs(HeaderName::PAssertedIdentity, 2)->size() == 2);
  CHECK(quoted.name_addrs(HeaderName::RecordRoute, kMaxRoutes)->front().uri.params.find("lr") == "on");
  CHECK(own("number-to-call.sip").to().uri.scheme == Uri::Scheme::Tel);
  CHECK(own("short-session.sip").number(HeaderName::SessionExpires) == 60);
  CHECK(own("upper-case-names.sip").from().display == "Up Per");
  CHECK(own("upper-case-names.sip").from().uri.port == 5061);
}

TEST_CASE("the parser accepts or refuses each torture message of RFC 4475 as the table requires [RFC 4475 section 3]") {
  check_folder("rfc4475", kRfc4475);
}

TEST_CASE("the parser accepts or refuses each torture message of RFC 5118 as the table requires [RFC 5118 section 4]") {
  check_folder("rfc5118", kRfc5118);
}

TEST_CASE("RFC 5118's message with IPv6 in SDP parses with the correct Content-Length [RFC 5118 section 4.6]") {
  if (is_skipped("rfc5118")) return;
  auto text = test::lines(test::read_file(offhook_test::shared_data("rfc5118/ipv6-in-sdp")));
  const auto wrong = text.find("Content-Length: 268");
  REQUIRE(wrong != std::string::npos);
  text.replace(wrong, 19, "Content-Length: 251");
  const auto result = test::parse(text);
  REQUIRE(result);
  CHECK(result->body().size() == 251);
  CHECK(result->to().uri.host == "[2001:db8::10]");
}

TEST_CASE("the parser reads the values in the torture messages of RFC 4475 correctly [RFC 4475 section 3.1.1]") {
  if (is_skipped("rfc4475")) return;
  const auto tortuous = rfc4475("wsinv.dat");
  CHECK(tortuous.cseq().number == 9);
  CHECK(tortuous.to().tag() == "1918181833n");
  CHECK(tortuous.from().display_text() == "J Rosenberg \\\"");
  CHECK(tortuous.number(HeaderName::MaxForwards) == 68);
  CHECK(tortuous.contact()->params.find("q") == "0.33");
  CHECK(tortuous.contact()->params.find("newparam") == "newvalue");
  CHECK(tortuous.body().size() == 150);
  CHECK(tortuous.name_addrs(HeaderName::Route, kMaxRoutes)->front().uri.params.find("unknownwith") == "value");

  const auto nulls = rfc4475("escnull.dat").name_addrs(HeaderName::Contact, kMaxContacts)->size();
  CHECK(nulls == 2);
  CHECK(rfc4475("dblreq.dat").body().empty());
  CHECK(rfc4475("esc02.dat").method() == Method::Other);
  CHECK(rfc4475("esc02.dat").name_addrs(HeaderName::Contact, kMaxContacts)->size() == 2);  // C%6Fntact is not a Contact.
  CHECK(rfc4475("intmeth.dat").to().uri.host == "example.com");
  CHECK(rfc4475("cparam01.dat").contact()->params.has("unknownparam"));
  CHECK(rfc4475("cparam02.dat").contact()->uri.params.has("unknownparam"));
  CHECK(rfc4475("regescrt.dat").contact()->uri.headers == "Route=%3Csip:sip.example.com%3E");
  CHECK_FALSE(rfc4475("regbadct.dat").contact());
  CHECK_FALSE(rfc4475("badbranch.dat").top_via().has_rfc3261_branch());
  CHECK(rfc4475("mpart01.dat").body().size() == 553);
  CHECK(rfc4475("bext01.dat").lists(HeaderName::Require, "nothingSupportsThisEither"));
  CHECK(rfc4475("noreason.dat").reason().empty());
  CHECK(rfc4475("inv2543.dat").body().size() > 50);
}

TEST_CASE("the parser does not read after the end of a torture message that is cut off at any octet") {
  std::vector<std::filesystem::path> folders = {"tests/data/torture"};
  for (const char* name : {"rfc4475", "rfc5118"}) {
    if (offhook_test::has_shared_data(name)) folders.push_back(offhook_test::shared_data(name));
  }
  std::size_t messages = 0;
  for (const auto& folder : folders) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const auto text = test::read_file(entry.path());
      for (std::size_t size = 0; size <= text.size(); size += size < 1000 ? 1 : 17) (void)test::parse(text.substr(0, size));
      ++messages;
    }
  }
  CHECK(messages >= 25);
}
