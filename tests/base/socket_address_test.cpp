#include <offhook/base/socket_address.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook;

TEST_CASE("IpAddress parses an IPv4 address and writes the same text, for every octet value") {
  for (int octet = 0; octet <= 255; ++octet) {
    const std::string n = std::to_string(octet);
    for (const std::string& text : {n + ".0.255.10", "255." + n + ".1.0", "0.100." + n + ".9", "1.2.3." + n}) {
      const auto parsed = base::IpAddress::parse(text);
      REQUIRE(parsed);
      CHECK(parsed->to_string() == text);
      CHECK(base::SocketAddress{*parsed, 5060}.to_string() == text + ":5060");
    }
  }
}

TEST_CASE("SocketAddress writes an IPv6 address in brackets before the port") {
  const auto parsed = base::IpAddress::parse("2001:db8::1");
  REQUIRE(parsed);
  CHECK(parsed->to_string() == "2001:db8::1");
  CHECK(base::SocketAddress{*parsed, 5060}.to_string() == "[2001:db8::1]:5060");
}

TEST_CASE("unmapped turns an IPv4-mapped IPv6 address into IPv4, and changes no other address [RFC 4291 section 2.5.5.2]") {
  const auto unmapped = [](const char* text) {
    const auto parsed = base::IpAddress::parse(text);
    REQUIRE(parsed);
    return parsed->unmapped();
  };
  CHECK(unmapped("::ffff:203.0.113.1") == base::IpAddress::v4({203, 0, 113, 1}));
  CHECK(unmapped("::ffff:0.0.0.0") == base::IpAddress());
  for (const char* other : {"203.0.113.1", "::203.0.113.1", "::fffe:203.0.113.1", "1::ffff:203.0.113.1", "64:ff9b::203.0.113.1", "2001:db8::1", "::"}) {
    CAPTURE(other);
    CHECK(unmapped(other) == base::IpAddress::parse(other));
  }
}

TEST_CASE("is_public is false for private, shared, link-local, loopback and unspecified addresses, up to their borders") {
  const auto is_public = [](const char* text) { return base::IpAddress::parse(text).value().is_public(); };
  for (const char* text : {"10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0", "192.168.255.255", "100.64.0.0", "100.127.255.255", "169.254.0.0",
                           "169.254.255.255", "127.0.0.1", "0.0.0.0", "0.1.2.3", "::", "::1", "fc00::1", "fdff::1", "fe80::1", "febf::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1"}) {
    CAPTURE(text);
    CHECK_FALSE(is_public(text));
  }
  for (const char* text : {"9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "100.63.255.255", "100.128.0.0", "169.253.255.255",
                           "169.255.0.0", "126.255.255.255", "128.0.0.1", "203.0.113.1", "2001:db8::1", "fbff::1", "fe00::1", "fe7f::1", "fec0::1", "::ffff:8.8.8.8"}) {
    CAPTURE(text);
    CHECK(is_public(text));
  }
}
