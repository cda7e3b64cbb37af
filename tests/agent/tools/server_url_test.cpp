#include <offhook/agent/tools/server_url.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent::tools;

TEST_CASE("A server is asked by https, or on this machine") {
  for (const char* good : {"https://tools.example/mcp", "http://127.0.0.1:3001/mcp", "http://localhost/mcp", "http://[::1]:80/", "https://10.0.0.1/x?y=z"})
    CHECK_FALSE(fault_of_url(good));
  for (const char* bad : {"", "tools.example", "ftp://x/", "http://tools.example/mcp", "http://127.0.0.1.evil.example/", "http://localhost.evil.example/",
                          "http://127.evil.example.com/", "https://user:pass@tools.example/", "http://127.0.0.1@evil.example/", "https://tools.example/#x", "https://",
                          "http://10.0.0.1/", "https://a b/"}) {
    CAPTURE(bad);
    CHECK(fault_of_url(bad));
  }
}
