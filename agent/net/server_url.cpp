#include <offhook/agent/net/server_url.hpp>

#include <offhook/agent/net/local_network.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::net {

bool is_loopback(std::string_view host) {
  if (base::iequals(host, "localhost") || host == "::1") return true;
  const bool is_number = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return is_number && host.starts_with("127.") && std::count(host.begin(), host.end(), '.') == 3;
}

std::optional<std::string> fault_of_url(std::string_view url, bool plain_http) {
  const bool tls = url.starts_with("https://");
  if (!tls && !url.starts_with("http://")) return "its URL must begin with https://";
  if (url.find('#') != std::string_view::npos || url.substr(0, url.find('/', 8)).find('@') != std::string_view::npos)
    return "its URL must have no user and no fragment in it";
  const auto parts = parts_of_http(url);
  if (!parts) return "its URL cannot be read";
  if (tls || is_loopback(parts->host)) return std::nullopt;
  if (!plain_http) return "its URL must begin with https:// (http only for this machine: 127.0.0.1, [::1]; plain_http allows it in the local network)";
  const auto address = base::IpAddress::parse(parts->host);
  if (address && !net::is_in_local_network(*address)) return "its URL must begin with https:// (plain_http is for the local network, and its address is outside)";
  return std::nullopt;
}

net::HttpClient& client_for(net::Edges& edges, std::string_view url, const std::string& ca_file) {
  return is_plain_http(url) ? edges.local_http() : edges.http(ca_file);
}

/// Uses the parser for WebSocket URLs, which differ only in the scheme.
std::optional<net::WebSocketUrl> parts_of_http(std::string_view url) {
  auto parts = net::parse_web_socket_url("ws" + std::string(url.substr(4)));
  return parts ? std::optional(std::move(*parts)) : std::nullopt;
}

bool crosses_in_clear(std::string_view url) {
  if (!is_plain_http(url)) return false;
  const auto parts = parts_of_http(url);
  return parts && !is_loopback(parts->host);
}

}  // namespace offhook::inline v0::agent::net
