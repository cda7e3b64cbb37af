#include <offhook/agent/net/local_network.hpp>

#include <doctest/doctest.h>

using namespace offhook;

TEST_CASE("The local network consists of the loopback, private and link-local addresses [RFC 1918 section 3] [RFC 4193 section 3.1]") {
  const auto is_local = [](const char* text) {
    CAPTURE(text);
    const auto address = base::IpAddress::parse(text);
    REQUIRE(address);
    return agent::net::is_in_local_network(*address);
  };
  for (const char* inside : {"127.0.0.0", "127.255.255.255", "10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0", "192.168.255.255", "169.254.0.0",
                             "169.254.255.255", "::1", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe80::", "febf:ffff::1", "::ffff:10.1.2.3"})
    CHECK(is_local(inside));
  for (const char* outside : {"0.0.0.0", "126.255.255.255", "128.0.0.0", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0",
                              "169.253.255.255", "169.255.0.0", "100.64.0.1", "224.0.0.1", "255.255.255.255", "::", "::2", "fbff:ffff::1", "fe00::1", "fe7f:ffff::1", "fec0::1",
                              "ff02::1", "2001:db8::1", "::ffff:192.0.2.1", "64:ff9b::a00:1", "::10.0.0.1"})
    CHECK_FALSE(is_local(outside));
}
