#pragma once

#include <offhook/agent/net/http_client.hpp>
#include <offhook/base/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::net {

inline constexpr std::size_t kMaxWebSocketUrl = 4096;

/// "host:port", with brackets for an IPv6 address.
[[nodiscard]] std::string host_and_port(const std::string& host, std::uint16_t port);

/// A ws:// or wss:// URL (RFC 6455 section 3) in the pieces that a connection needs.
struct WebSocketUrl {
  bool tls = false;
  std::string host;        ///< a name or an address; of an IPv6 address without its brackets
  std::uint16_t port = 0;  ///< 80 or 443 when the URL names none
  std::string authority;   ///< what the Host header says
  std::string target;      ///< path and query, "/" at least

  [[nodiscard]] std::string host_and_port() const { return net::host_and_port(host, port); }
};

/// Errors: Local, with words for people. The target may hold a key and is in none of them.
[[nodiscard]] base::Result<WebSocketUrl, NetError> parse_web_socket_url(std::string_view url);

/// Nothing that would end a header line early, or begin another: RFC 9110 section 5.5.
[[nodiscard]] bool is_header_safe(std::string_view name, std::string_view value);

}  // namespace offhook::inline v0::agent::net
