#include "support.hpp"

#include <offhook/sip/message/name_addr.hpp>

#include <doctest/doctest.h>

using namespace offhook::sip;
using namespace std::string_view_literals;

namespace {

ParseError name_addr_error(std::string_view text) {
  const std::vector<char> exact(text.begin(), text.end());
  const auto value = parse_name_addr({exact.data(), exact.size()});
  REQUIRE_MESSAGE(!value, text);
  return value.error();
}

NameAddr name_addr(std::string_view text) {
  const auto value = parse_name_addr(text);
  REQUIRE_MESSAGE(value, text);
  return *value;
}

std::string name_addr_with_params(std::size_t count) {
  std::string text = "<sip:h>";
  for (std::size_t i = 0; i < count; ++i) text += ";p" + std::to_string(i) + "=1";
  return text;
}

}  // namespace

TEST_CASE("parse_name_addr reads display name, URI and parameters [RFC 3261 section 20.10]") {
  const auto value = name_addr("\"Bob \\\"B\\\" Low\" <sip:bob@example.com;transport=tcp;lr>;tag=a48s;q = \"0.5;,\" ; flag");
  CHECK(value.display == "Bob \\\"B\\\" Low");
  CHECK(value.display_text() == "Bob \"B\" Low");
  CHECK(value.uri.params.find("transport") == "tcp");
  CHECK(value.tag() == "a48s");
  CHECK(value.params.find("Q") == "\"0.5;,\"");
  CHECK(value.params.find("flag") == "");
  CHECK_FALSE(value.params.has("transport"));
}

TEST_CASE("without angle brackets, the parameters belong to the header field and not to the URI [RFC 3261 section 20]") {
  const auto value = name_addr("sip:+15555550100@gw.example;user=phone ;tag=x");
  CHECK(value.uri.text == "sip:+15555550100@gw.example");
  CHECK(value.uri.params.text().empty());
  CHECK(value.params.find("user") == "phone");
  CHECK(value.tag() == "x");
  CHECK(name_addr_error("sip:a@h?Route=%3Csip:x%3E") == ParseError::BadNameAddr);
}

TEST_CASE("parse_name_addr reads display names in the forms that real devices send [RFC 3261 section 25.1]") {
  CHECK(name_addr("caller<sip:c@h>").display == "caller");
  CHECK(name_addr("A. Bell <sip:c@h>").display == "A. Bell");
  CHECK(name_addr("  <sip:c@h>  ").display.empty());
  CHECK(name_addr("\"\"<sip:c@h>").display.empty());
  CHECK(name_addr("J\xC3\xB6rg (home) <sip:c@h>").display == "J\xC3\xB6rg (home)");
  CHECK(name_addr("\"a <sip:evil@h>, b\" <sip:c@h>").uri.user == "c");
  CHECK(name_addr("< sip:c@h >").uri.text == "sip:c@h");
}

TEST_CASE("parse_name_addr refuses malformed values and returns the reason [RFC 3261 section 25.1]") {
  CHECK(name_addr_error("") == ParseError::BadUri);
  CHECK(name_addr_error("\"open <sip:a@h>") == ParseError::BadQuotedString);
  CHECK(name_addr_error("\"ends in a backslash\\") == ParseError::BadQuotedString);
  CHECK(name_addr_error("\"a\0b\" <sip:a@h>"sv) == ParseError::BadQuotedString);
  CHECK(name_addr_error("\"name\"") == ParseError::BadNameAddr);
  CHECK(name_addr_error("\"name\" sip:a@h") == ParseError::BadNameAddr);
  CHECK(name_addr_error("Bell, A <sip:a@h>") == ParseError::BadUri);
  CHECK(name_addr_error("<sip:a@h") == ParseError::BadNameAddr);
  CHECK(name_addr_error("<>") == ParseError::BadUri);
  CHECK(name_addr_error("<sip:a@h> junk") == ParseError::BadParameter);
  CHECK(name_addr_error("<sip:a@h>;;") == ParseError::BadParameter);
  CHECK(name_addr_error("<sip:a@h>;") == ParseError::BadParameter);
  CHECK(name_addr_error("<sip:a@h>;=x") == ParseError::BadParameter);
  CHECK(name_addr_error("<sip:a@h>;x=\"open") == ParseError::BadQuotedString);
  CHECK(name_addr_error("<sip:a@h>;x=a b") == ParseError::BadParameter);
  CHECK(name_addr_error("<sip:a@h>, <sip:b@h>") == ParseError::BadNameAddr);
  CHECK(name_addr_error("*") == ParseError::BadNameAddr);
  CHECK(name_addr_error("\xE2\x80\x9C+1\xE2\x80\x9D sip:+1@h;tag=2") == ParseError::BadUri);
}

TEST_CASE("parse_name_addr accepts kMaxParams parameters, and refuses one more") {
  CHECK(name_addr(name_addr_with_params(kMaxParams)).params.has("p" + std::to_string(kMaxParams - 1)));
  CHECK(name_addr_error(name_addr_with_params(kMaxParams + 1)) == ParseError::BadParameter);
}

TEST_CASE("take_name_addr reads a list value by value. Commas in quotes and in angle brackets do not separate values [RFC 3261 section 7.3.1]") {
  std::string_view rest = "\"a, b\" <sip:1@h;x=1,2>;q=\",\" ,sip:2@h;y, *, Z <tel:+3>";
  auto one = take_name_addr(rest);
  REQUIRE(one);
  CHECK(one->display == "a, b");
  CHECK(one->uri.params.find("x") == "1,2");
  auto two = take_name_addr(rest);
  REQUIRE(two);
  CHECK(two->uri.user == "2");
  CHECK(two->params.has("y"));
  auto three = take_name_addr(rest);
  REQUIRE(three);
  CHECK(three->wildcard);
  auto four = take_name_addr(rest);
  REQUIRE(four);
  CHECK(four->uri.scheme == Uri::Scheme::Tel);
  CHECK(rest.empty());

  std::string_view trailing = "<sip:1@h>, ";
  CHECK_FALSE(take_name_addr(trailing));
  std::string_view star_name = "* <sip:1@h>";
  const auto star = take_name_addr(star_name);
  REQUIRE(star);
  CHECK_FALSE(star->wildcard);
}

TEST_CASE("display_text returns valid UTF-8 without control characters [RFC 3261 section 25.1]") {
  NameAddr value;
  value.display = "a\\\0b\\\x7F\tc\x1B[1m"sv;
  CHECK(value.display_text() == "a b  c [1m");
  value.display = "\xC3\xB6 \xE2\x82\xAC \xF0\x9F\x98\x80";
  CHECK(value.display_text() == "\xC3\xB6 \xE2\x82\xAC \xF0\x9F\x98\x80");
  value.display = "\xC3";                 // an incomplete UTF-8 character
  CHECK(value.display_text() == " ");
  value.display = "\xC0\xAF|\xC2\x85|\xED\xA0\x80|\xF4\x90\x80\x80|\xE0\x80\xAF|\xFF";  // overlong, C1, surrogate, too large
  CHECK(value.display_text() == "  |  |   |    |   | ");
  value.display = "end\\";
  CHECK(value.display_text() == "end\\");
}

TEST_CASE("Params::next never reads after the end of any text, and advances with each call") {
  for (const std::string_view text : {"", ";", ";;;", "no", "=;=", ";a=\"", ";a=\"x\"y;b", " ; a = b ; c", ";a==b;"}) {
    const std::vector<char> exact(text.begin(), text.end());
    std::string_view rest(exact.data(), exact.size());
    std::size_t count = 0;
    while (Params::next(rest)) ++count;
    CHECK(count <= text.size());
  }
  CHECK(Params(" ; a = b ; c").find("a") == "b");
  CHECK(Params(" ; a = b ; c").find("c") == "");
  CHECK(Params(";a=1;a=2").find("a") == "1");
}
