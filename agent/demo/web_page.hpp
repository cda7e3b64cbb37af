#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/sip/transport/web_pages.hpp>

#include <string>
#include <vector>

/// The page of `offhook demo --web`, and the names that lead to it.
namespace offhook::inline v0::agent::demo {

/// Returns the names by which browsers reach `ip`: its text, and "localhost" for a loopback address.
[[nodiscard]] std::vector<std::string> web_names(const base::IpAddress& ip);

/// Returns the names of web_names() with the port, in the form of the Host field. The page's URL has the first one.
[[nodiscard]] std::vector<std::string> web_hosts(const base::SocketAddress& address);

/// Returns the files of page/ at these hosts. Their header fields forbid all that the page does not need: frames, caches, and scripts and connections
/// of other sites.
[[nodiscard]] sip::WebPages web_pages(std::vector<std::string> hosts);

}  // namespace offhook::inline v0::agent::demo
