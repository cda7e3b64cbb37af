#pragma once

#include <offhook/agent/net/detail/secure_socket.hpp>
#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/net/proxy.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace offhook::inline v0::agent::net::detail {

inline constexpr std::size_t kMaxProxyAnswer = 8192;  ///< maximum octets of the head of the proxy's response; a larger head fails the tunnel

/// Requests a tunnel to `target` ("host:port") from `proxy`, the peer of `socket`: CONNECT, RFC 9110 section 9.3.6. Calls `done` once. With nullopt,
/// the tunnel is open, and `socket` leads to `target`. The socket must exist until `done` is called. Closing it fails the tunnel. Has no time limit.
void open_tunnel(SecureSocket& socket, const Proxy& proxy, const std::string& target, std::function<void(std::optional<NetError>)> done);

}  // namespace offhook::inline v0::agent::net::detail
