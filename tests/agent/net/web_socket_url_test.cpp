#include <offhook/agent/net/detail/send_queue.hpp>
#include <offhook/agent/net/web_socket_url.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook;
using agent::net::parse_web_socket_url;

TEST_CASE("A WebSocket URL consists of scheme, host, port and target [RFC 6455 section 3]") {
  const auto plain = parse_web_socket_url("ws://example.com");
  REQUIRE(plain.has_value());
  CHECK(!plain->tls);
  CHECK(plain->host == "example.com");
  CHECK(plain->port == 80);
  CHECK(plain->target == "/");
  CHECK(plain->authority == "example.com");

  const auto secure = parse_web_socket_url("WSS://api.example.com:8443/v1/realtime?model=x&y=%20#part");
  REQUIRE(secure.has_value());
  CHECK(secure->tls);
  CHECK(secure->port == 8443);
  CHECK(secure->target == "/v1/realtime?model=x&y=%20");
  CHECK(secure->authority == "api.example.com:8443");
  CHECK(secure->host_and_port() == "api.example.com:8443");

  const auto query_only = parse_web_socket_url("wss://h?a=b");
  REQUIRE(query_only.has_value());
  CHECK(query_only->target == "/?a=b");
  CHECK(query_only->port == 443);

  const auto v6 = parse_web_socket_url("ws://[::1]:9/x");
  REQUIRE(v6.has_value());
  CHECK(v6->host == "::1");
  CHECK(v6->port == 9);
  CHECK(v6->authority == "[::1]:9");
  CHECK(v6->host_and_port() == "[::1]:9");
}

TEST_CASE("parse_web_socket_url refuses text that is not a WebSocket URL, and gives a reason") {
  for (const char* url : {"", "http://h/", "wss:/h", "ws://", "ws:///x", "ws://h:0/", "ws://h:65536/", "ws://h:80x/", "ws://user:secret@h/", "ws://[::1",
                          "ws://[::1]x", "ws://h/a b", "ws://h/\r\nX: y", "ws://h/\x80"}) {
    INFO(url);
    const auto parsed = parse_web_socket_url(url);
    REQUIRE(!parsed.has_value());
    CHECK(parsed.error().what == agent::net::NetError::What::Local);
    CHECK(parsed.error().detail.find("secret") == std::string::npos);
  }
  const std::string longest = "ws://h/" + std::string(agent::net::kMaxWebSocketUrl - 7, 'x');
  CHECK(parse_web_socket_url(longest).has_value());
  CHECK(!parse_web_socket_url(longest + "x").has_value());
}

TEST_CASE("is_header_safe refuses a value that could begin another header [RFC 9110 section 5.5]") {
  using agent::net::is_header_safe;
  CHECK(is_header_safe("Authorization", "Bearer x y\tz"));
  CHECK(!is_header_safe("Authorization", "x\r\nY: z"));
  CHECK(!is_header_safe("Authorization", std::string("x\0", 2)));
  CHECK(!is_header_safe("A b", "x"));
  CHECK(!is_header_safe("", "x"));
}

TEST_CASE("SendQueue keeps the order of its messages, and marks a message as last if no other message waits behind it") {
  agent::net::detail::SendQueue queue;
  CHECK(queue.empty());
  queue.push("one", false);
  queue.push("", true);
  CHECK(queue.size() == 3);
  CHECK(queue.front().bytes == "one");
  CHECK(!queue.front().last);
  queue.push("three", false);  // while the client still writes "one"
  CHECK(queue.front().bytes == "one");
  queue.pop();
  CHECK(queue.front().bytes.empty());
  CHECK(queue.front().binary);
  CHECK(!queue.front().last);
  queue.pop();
  CHECK(queue.front().bytes == "three");
  CHECK(queue.front().last);
  queue.pop();
  CHECK(queue.empty());
  CHECK(queue.size() == 0);
}
