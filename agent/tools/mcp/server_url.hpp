#pragma once

#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/net/web_socket_url.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::tools::mcp {

/// Why a server at `url` may not be asked: a sentence, or nothing. https, or http to this very machine, or where the operator allows it by
/// `plain_http` to an address of the local network, or to a name, whose address net::Edges::local_http checks when it connects. No user, no fragment.
[[nodiscard]] std::optional<std::string> fault_of_url(std::string_view url, bool plain_http = false);

[[nodiscard]] inline bool is_plain_http(std::string_view url) { return url.starts_with("http://"); }
/// The client that asks a server at `url`: plain http stays in the local network. `ca_file` is for https.
[[nodiscard]] net::HttpClient& client_for(net::Edges& edges, std::string_view url, const std::string& ca_file);
/// The pieces of a URL that begins with http:// or https://; nothing when it cannot be read.
[[nodiscard]] std::optional<net::WebSocketUrl> parts_of_http(std::string_view url);
/// Plain http to another machine.
[[nodiscard]] bool crosses_in_clear(std::string_view url);

/// A name or number of this very machine.
[[nodiscard]] bool is_loopback(std::string_view host);

}  // namespace offhook::inline v0::agent::tools::mcp
