#pragma once

#include <offhook/agent/net/http_client.hpp>
#include <offhook/base/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::net {

inline constexpr std::size_t kMaxWebSocketUrl = 4096;

/// Returns "host:port", with brackets for an IPv6 address.
[[nodiscard]] std::string host_and_port(const std::string& host, std::uint16_t port);

/// A ws:// or wss:// URL (RFC 6455 section 3), split into the parts that a connection needs.
struct WebSocketUrl {
  bool tls = false;
  std::string host;        ///< a name or an address; an IPv6 address has no brackets
  std::uint16_t port = 0;  ///< 80 or 443 if the URL has no port
  std::string authority;   ///< the value of the Host header
  std::string target;      ///< path and query, at least "/"

  [[nodiscard]] std::string host_and_port() const { return net::host_and_port(host, port); }
};

/// Parses a ws:// or wss:// URL. The error is Local, with a text for people. No error contains the target, because it may hold a key.
[[nodiscard]] base::Result<WebSocketUrl, NetError> parse_web_socket_url(std::string_view url);

/// Returns true if the value cannot end a header line early or start another one: RFC 9110 section 5.5.
[[nodiscard]] bool is_header_safe(std::string_view name, std::string_view value);

}  // namespace offhook::inline v0::agent::net
