#pragma once

#include <offhook/agent/net/detail/secure_socket.hpp>
#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/net/proxy.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace offhook::inline v0::agent::net::detail {

inline constexpr std::size_t kMaxProxyAnswer = 8192;  ///< octets of its head; one more fails the tunnel

/// Asks `proxy`, at the other end of `socket`, for a tunnel to `target` ("host:port"): CONNECT, RFC 9110 section 9.3.6. `done` is called once, with
/// nothing when the socket leads to `target` from then on. The socket outlives the tunnel's opening; closing it fails that. No time limit.
void open_tunnel(SecureSocket& socket, const Proxy& proxy, const std::string& target, std::function<void(std::optional<NetError>)> done);

}  // namespace offhook::inline v0::agent::net::detail
