#include "support.hpp"

#include <offhook/sip/message/uri.hpp>

#include <doctest/doctest.h>

using namespace offhook::sip;

namespace {

ParseError uri_error(std::string_view text) {
  const std::vector<char> exact(text.begin(), text.end());
  const auto uri = parse_uri({exact.data(), exact.size()});
  REQUIRE_MESSAGE(!uri, text);
  return uri.error();
}

bool same(std::string_view a, std::string_view b) {
  const auto x = parse_uri(a);
  const auto y = parse_uri(b);
  REQUIRE(x);
  REQUIRE(y);
  CHECK(equivalent(*x, *y) == equivalent(*y, *x));
  CHECK(equivalent(*x, *x));
  return equivalent(*x, *y);
}

std::string uri_with_params(std::size_t count) {
  std::string text = "sip:h.example";
  for (std::size_t i = 0; i < count; ++i) text += ";p" + std::to_string(i);
  return text;
}

std::string uri_with_headers(std::size_t count) {
  std::string text = "sip:h.example?h=0";
  for (std::size_t i = 1; i < count; ++i) text += "&h" + std::to_string(i) + "=1";
  return text;
}

}  // namespace

TEST_CASE("parse_uri reads all parts of a SIP URI [RFC 3261 section 19.1.1]") {
  const auto uri = parse_uri("sips:al%69ce:pass%20word@Example.COM:05061;transport=tcp;lr?subject=a%20b&to=x");
  REQUIRE(uri);
  CHECK(uri->scheme == Uri::Scheme::Sips);
  CHECK(uri->scheme_text == "sips");
  CHECK(uri->user == "al%69ce");
  CHECK(uri->password == "pass%20word");
  CHECK(uri->host == "Example.COM");
  CHECK(uri->port == 5061);
  CHECK(uri->params.text() == ";transport=tcp;lr");
  CHECK(uri->params.find("TRANSPORT") == "tcp");
  CHECK(uri->params.find("lr") == "");
  CHECK_FALSE(uri->params.has("l"));
  CHECK(uri->headers == "subject=a%20b&to=x");
}

TEST_CASE("the user part can contain separators, up to the first @ [RFC 3261 section 19.1.2]") {
  const auto semicolon = parse_uri("sip:user;par=u%40example.net@example.com");
  REQUIRE(semicolon);
  CHECK(semicolon->user == "user;par=u%40example.net");
  CHECK(semicolon->params.text().empty());
  const auto odd = parse_uri("sip:1_u.U~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d@example.com");
  REQUIRE(odd);
  CHECK(odd->user == "1_u.U~(to-be!sure)&isn't+it$/crazy?,/;;*");
  CHECK(odd->password == "&it+has=1,weird!*pas$wo~d");
  CHECK(odd->host == "example.com");
  const auto star = parse_uri("sip:*72#@pbx.example");
  REQUIRE(star);
  CHECK(star->user == "*72#");
}

TEST_CASE("parse_uri keeps the brackets of an IPv6 host, and accepts a port only after the brackets [RFC 5118 sections 4.3 and 4.4]") {
  const auto whole = parse_uri("sip:[2001:db8::10:5070]");
  REQUIRE(whole);
  CHECK(whole->host == "[2001:db8::10:5070]");
  CHECK_FALSE(whole->port);
  const auto split = parse_uri("sip:[2001:db8::10]:5070");
  REQUIRE(split);
  CHECK(split->host == "[2001:db8::10]");
  CHECK(split->port == 5070);
  CHECK(uri_error("sip:2001:db8::10") == ParseError::BadNumber);
  CHECK(uri_error("sip:u@[2001:db8:::192.0.2.1]") == ParseError::BadHost);
  CHECK(uri_error("sip:u@[2001:db8::1") == ParseError::BadHost);
  CHECK(uri_error("sip:u@[]") == ParseError::BadHost);
  CHECK(uri_error("sip:u@[192.0.2.1]") == ParseError::BadHost);
  CHECK(uri_error("sip:u@[::1]x") == ParseError::BadHost);
}

TEST_CASE("parse_uri accepts the ports 1 to 65535 [RFC 3261 section 25.1]") {
  CHECK(parse_uri("sip:h:65535")->port == 65535);
  CHECK(parse_uri("sip:h:1")->port == 1);
  for (const auto* text :
       {"sip:h:65536", "sip:h:0", "sip:h:", "sip:h:-1", "sip:h:+1", "sip:h:4294972356", "sip:h:5060x", "sip:h:x"})
    CHECK_MESSAGE(!parse_uri(text), text);
}

TEST_CASE("parse_uri refuses text that is not a URI, and returns the reason [RFC 3261 section 25.1]") {
  CHECK(uri_error("") == ParseError::BadUri);
  CHECK(uri_error("sip") == ParseError::BadUri);
  CHECK(uri_error("sip:") == ParseError::BadUri);
  CHECK(uri_error(":h") == ParseError::BadUri);
  CHECK(uri_error("1sip:h") == ParseError::BadUri);
  CHECK(uri_error("s p:h") == ParseError::BadUri);
  CHECK(uri_error("sip:@h") == ParseError::BadUri);
  CHECK(uri_error("sip::pw@h") == ParseError::BadUri);
  CHECK(uri_error("sip:u@") == ParseError::BadHost);
  CHECK(uri_error("sip:u@a@b") == ParseError::BadHost);
  CHECK(uri_error("sip:a b@h") == ParseError::BadUri);
  CHECK(uri_error("sip:a\"b@h") == ParseError::BadUri);
  CHECK(uri_error("<sip:a@h>") == ParseError::BadUri);
  CHECK(uri_error("sip:a@h\r\nVia: x") == ParseError::BadUri);
  CHECK(uri_error("sip:h;") == ParseError::BadParameter);
  CHECK(uri_error("sip:h;;lr") == ParseError::BadParameter);
  CHECK(uri_error("sip:h;=x") == ParseError::BadParameter);
  CHECK(uri_error("sip:h?") == ParseError::BadUri);
  CHECK(uri_error("sip:h\xC3\xB6") == ParseError::BadUri);
}

TEST_CASE("parse_uri accepts kMaxParams parameters and header components, and refuses one more") {
  CHECK(parse_uri(uri_with_params(kMaxParams)));
  CHECK(uri_error(uri_with_params(kMaxParams + 1)) == ParseError::BadParameter);
  CHECK(parse_uri(uri_with_headers(kMaxParams)));
  CHECK(uri_error(uri_with_headers(kMaxParams + 1)) == ParseError::BadUri);
}

TEST_CASE("a tel URI has a number and parameters [RFC 3966 section 3]") {
  const auto uri = parse_uri("tel:+1-555-555-0100;ext=7;phone-context=example.com");
  REQUIRE(uri);
  CHECK(uri->scheme == Uri::Scheme::Tel);
  CHECK(uri->user == "+1-555-555-0100");
  CHECK(uri->host.empty());
  CHECK(uri->params.find("ext") == "7");
  CHECK(uri_error("tel:;ext=7") == ParseError::BadUri);
  CHECK(uri_error("tel:alice") == ParseError::BadUri);
  CHECK(same("tel:+1-555-555-0100", "tel:+1(555)555.0100"));
  CHECK_FALSE(same("tel:+15555550100", "tel:+15555550100;ext=7"));
  CHECK_FALSE(same("tel:15555550100", "tel:+15555550100"));
}

TEST_CASE("parse_uri keeps a URI of another scheme as text [RFC 3261 section 19.1]") {
  const auto uri = parse_uri("soap.beep://192.0.2.103:3002");
  REQUIRE(uri);
  CHECK(uri->scheme == Uri::Scheme::Other);
  CHECK(uri->scheme_text == "soap.beep");
  CHECK(uri->text == "soap.beep://192.0.2.103:3002");
}

TEST_CASE("equivalent() is true for equivalent URIs [RFC 3261 section 19.1.4]") {
  CHECK(same("sip:%61lice@atlanta.example;transport=TCP", "sip:alice@AtLanTa.Example;Transport=tcp"));
  CHECK(same("sip:carol@chicago.example", "sip:carol@chicago.example;newparam=5"));
  CHECK(same("sip:carol@chicago.example", "sip:carol@chicago.example;security=on"));
  CHECK(same("sip:b.example;transport=tcp;method=REGISTER?to=sip:bob%40b.example",
             "sip:b.example;method=REGISTER;transport=tcp?to=sip:bob%40b.example"));
  CHECK(
      same("sip:alice@a.example?subject=project%20x&priority=urgent", "sip:alice@a.example?priority=urgent&subject=project%20x"));
  CHECK(same("sip:u@[2001:db8::1]", "sip:u@[2001:DB8:0::1]"));
  CHECK(same("sip:h.example;%6C%72", "sip:h.example;lr"));
  CHECK(same("sip:h.example;a=1;a=2", "sip:h.example;a=1"));  // The first of two parameters with the same name counts.
}

TEST_CASE("equivalent() is false for URIs that are not equivalent [RFC 3261 section 19.1.4]") {
  CHECK_FALSE(same("SIP:ALICE@AtLanTa.Example;Transport=udp", "sip:alice@AtLanTa.Example;Transport=UDP"));
  CHECK_FALSE(same("sip:bob@biloxi.example", "sip:bob@biloxi.example:5060"));
  CHECK_FALSE(same("sip:bob@biloxi.example", "sip:bob@biloxi.example;transport=udp"));
  CHECK_FALSE(same("sip:bob@biloxi.example", "sip:bob@biloxi.example:6000;transport=tcp"));
  CHECK_FALSE(same("sip:carol@chicago.example", "sip:carol@chicago.example?Subject=next%20meeting"));
  CHECK_FALSE(same("sip:carol@chicago.example;security=on", "sip:carol@chicago.example;security=off"));
  CHECK_FALSE(same("sip:a@h", "sips:a@h"));
  CHECK_FALSE(same("sip:a@h", "sip:h"));
  CHECK_FALSE(same("sip:a:pw@h", "sip:a@h"));
  CHECK_FALSE(same("sip:h", "sip:h;maddr=192.0.2.1"));
  CHECK_FALSE(same("sip:h;user=phone", "sip:h"));
  CHECK_FALSE(same("sip:%00@h", "sip:%00%00@h"));
}

TEST_CASE("unescape decodes only complete escapes, including NUL [RFC 3261 section 25.1]") {
  CHECK(unescape("a%20b%2fc") == "a b/c");
  CHECK(unescape("%") == "%");
  CHECK(unescape("%4") == "%4");
  CHECK(unescape("%zz%4") == "%zz%4");
  CHECK(unescape("%%41") == "%A");
  CHECK(unescape("x%00y") == std::string("x\0y", 3));
  CHECK(unescape("%E4") == "\xE4");
}

TEST_CASE("escape_user writes a user part that reads back equal [RFC 3261 section 25.1]") {
  CHECK(escape_user("+1555*#") == "+1555*%23");
  CHECK(escape_user("a b@c:d") == "a%20b%40c%3Ad");
  std::string all;
  for (int octet = 0; octet < 256; ++octet) all.push_back(static_cast<char>(octet));
  const auto escaped = escape_user(all);
  CHECK(unescape(escaped) == all);
  const auto text = "sip:" + escaped + "@h";
  const auto uri = parse_uri(text);
  REQUIRE(uri);
  CHECK(unescape(uri->user) == all);
}
