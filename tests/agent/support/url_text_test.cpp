#include <offhook/agent/support/url_text.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent;

TEST_CASE("percent_encoded escapes all but unreserved characters [RFC 3986 section 2.3]") {
  CHECK(percent_encoded("aZ09-._~") == "aZ09-._~");
  CHECK(percent_encoded("a b&c=d#\xC3\xA4%") == "a%20b%26c%3Dd%23%C3%A4%25");
}

TEST_CASE("socket_url turns an HTTP URL into a WebSocket URL") {
  CHECK(socket_url("https://host.example/v1/") == "wss://host.example/v1");
  CHECK(socket_url("http://127.0.0.1:80//") == "ws://127.0.0.1:80");
  CHECK(socket_url("wss://host.example") == "wss://host.example");
}
