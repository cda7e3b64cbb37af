#include <offhook/sip/transport/upgrade_rules.hpp>

#include <doctest/doctest.h>

using namespace offhook::sip::detail;

TEST_CASE("offers_sip finds the subprotocol sip as a whole entry of the list, in lower case [RFC 7118 section 4.1]") {
  for (const char* list : {"sip", "msrp, sip", " sip ,msrp", "a,\tsip"}) CHECK_MESSAGE(offers_sip(list), list);
  for (const char* list : {"", "SIP", "sips", "sip msrp", "xsip", ",,", "\"sip\""}) CHECK_FALSE_MESSAGE(offers_sip(list), list);
}

TEST_CASE("may_come_from returns true only if the whole origin is equal to an allowed one [RFC 6455 section 10.2]") {
  const std::vector<std::string> allowed{"https://phone.example.com", "http://localhost:8080"};
  CHECK(may_come_from("https://phone.example.com", allowed));
  CHECK(may_come_from("HTTPS://Phone.Example.com", allowed));
  CHECK(may_come_from("http://localhost:8080", allowed));
  for (const char* origin : {"http://phone.example.com", "https://phone.example.com.evil.net", "https://example.com", "http://localhost",
                             "https://phone.example.com:443", "null", "*", ""})
    CHECK_FALSE_MESSAGE(may_come_from(origin, allowed), origin);
  CHECK_FALSE(may_come_from("https://phone.example.com", {}));
  CHECK(may_come_from("https://whoever.example", {"*"}));
}

TEST_CASE("The Host field has the port if it is not the default port of the scheme [RFC 6455 section 4.1]") {
  CHECK(host_field("pbx.example.com", 80, false) == "pbx.example.com");
  CHECK(host_field("pbx.example.com", 443, false) == "pbx.example.com:443");
  CHECK(host_field("pbx.example.com", 443, true) == "pbx.example.com");
  CHECK(host_field("192.0.2.1", 8080, true) == "192.0.2.1:8080");
  CHECK(host_field("2001:db8::1", 80, false) == "[2001:db8::1]");
  CHECK(host_field("2001:db8::1", 81, false) == "[2001:db8::1]:81");
}

TEST_CASE("is_utf8 returns false for a text that is not UTF-8 and must be sent as a binary message [RFC 7118 section 4.2]") {
  for (const char* text : {"", "plain", "gr\xc3\xbc\xc3\x9f", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"})
    CHECK_MESSAGE(is_utf8(text), text);
  for (const char* text : {"\x80", "\xc3", "\xc3(", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "a\xe2\x82", "\xf8\x88\x80\x80\x80"})
    CHECK_FALSE(is_utf8(text));
}
