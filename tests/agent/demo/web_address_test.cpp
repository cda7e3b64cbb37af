#include <offhook/agent/demo/web_demo.hpp>

#include <doctest/doctest.h>

using offhook::agent::demo::web_address;

TEST_CASE("web_address reads a port, an address with a port, and an IPv6 address in brackets") {
  const auto text = [](std::string_view argument) { return web_address(argument)->to_string(); };
  CHECK(text("9000") == "127.0.0.1:9000");
  CHECK(text("192.0.2.7:443") == "192.0.2.7:443");
  CHECK(text("[::1]:65535") == "[::1]:65535");
}

TEST_CASE("web_address refuses names, addresses without a port or for all interfaces, and ports that do not exist") {
  for (const char* argument : {"", "0", "65536", "-1", "84 43", "8443x", "localhost:8443", "192.0.2.7", "192.0.2.7:", ":8443", "0.0.0.0:8443", "[::]:8443", "::1:8443", "[::1]", "a"})
    CHECK_FALSE_MESSAGE(web_address(argument).has_value(), argument);
}
