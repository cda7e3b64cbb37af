#include <offhook/agent/net/web_socket_url.hpp>

#include <offhook/agent/support/http_text.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <charconv>

namespace offhook::inline v0::agent::net {

namespace {

auto refuse(std::string why) { return base::fail(NetError{NetError::What::Local, "the WebSocket's URL " + std::move(why)}); }

/// Removes the scheme "ws://" or "wss://", in upper or lower case.
bool take_scheme(std::string_view& url, bool& tls) {
  for (const std::string_view scheme : {"wss://", "ws://"}) {
    if (!base::iequals(url.substr(0, scheme.size()), scheme)) continue;
    tls = scheme.size() == 6;
    url.remove_prefix(scheme.size());
    return true;
  }
  return false;
}

}  // namespace

std::string host_and_port(const std::string& host, std::uint16_t port) {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

base::Result<WebSocketUrl, NetError> parse_web_socket_url(std::string_view url) {
  if (url.size() > kMaxWebSocketUrl) return refuse("is longer than " + std::to_string(kMaxWebSocketUrl) + " characters");
  if (!std::all_of(url.begin(), url.end(), is_visible)) return refuse("has a blank or a character beyond ASCII in it: write it as %XX");
  WebSocketUrl out;
  if (!take_scheme(url, out.tls)) return refuse("begins with neither ws:// nor wss://");
  url = url.substr(0, url.find('#'));
  const auto path = std::min(url.find_first_of("/?"), url.size());
  const std::string_view authority = url.substr(0, path);
  out.target = url.substr(path);
  if (!out.target.starts_with('/')) out.target.insert(0, 1, '/');
  if (authority.find('@') != std::string_view::npos) return refuse("names a user: give the key as a header");
  std::string_view port;
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return refuse("lacks the ] of its address");
    out.host = authority.substr(1, end - 1);
    port = authority.substr(end + 1);
    if (!port.empty() && port[0] != ':') return refuse("has something between the ] of its address and its port");
  } else {
    const auto colon = std::min(authority.find(':'), authority.size());
    out.host = authority.substr(0, colon);
    port = authority.substr(colon);
  }
  if (out.host.empty()) return refuse("names no host");
  out.authority = authority;
  out.port = out.tls ? 443 : 80;
  if (port.size() > 1) {
    const auto [end, error] = std::from_chars(port.data() + 1, port.data() + port.size(), out.port);
    if (error != std::errc() || end != port.data() + port.size() || out.port == 0) return refuse("has no port from 1 to 65535 after its host");
  }
  return out;
}

bool is_header_safe(std::string_view name, std::string_view value) {
  if (!is_token(name)) return false;
  return std::none_of(value.begin(), value.end(), [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7F; });
}

}  // namespace offhook::inline v0::agent::net
