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
