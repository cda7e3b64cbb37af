#pragma once

#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/net/web_socket_url.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::net {

/// Returns the reason why Offhook must not contact a server at `url`, as a sentence. Returns nullopt if it may. https is allowed, and http to this
/// machine. If the operator set `plain_http`, http is also allowed to an address of the local network, or to a name: net::Edges::local_http checks
/// the address of the name when it connects. A URL must have no user and no fragment.
[[nodiscard]] std::optional<std::string> fault_of_url(std::string_view url, bool plain_http = false);

[[nodiscard]] inline bool is_plain_http(std::string_view url) { return url.starts_with("http://"); }
/// Returns the client for a server at `url`. For plain http, this client does not leave the local network. `ca_file` is for https.
[[nodiscard]] net::HttpClient& client_for(net::Edges& edges, std::string_view url, const std::string& ca_file);
/// Returns the parts of a URL that begins with http:// or https://; nullopt if it is invalid.
[[nodiscard]] std::optional<net::WebSocketUrl> parts_of_http(std::string_view url);
/// Returns true for plain http to another machine.
[[nodiscard]] bool crosses_in_clear(std::string_view url);

/// Returns true for a name or address of this machine.
[[nodiscard]] bool is_loopback(std::string_view host);

}  // namespace offhook::inline v0::agent::net
