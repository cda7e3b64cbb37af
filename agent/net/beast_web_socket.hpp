#pragma once

#include <offhook/agent/net/host_lookup.hpp>
#include <offhook/agent/net/proxy.hpp>
#include <offhook/agent/net/web_socket.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace offhook::inline v0::agent::net {

struct BeastWebSocketOptions {
  std::string ca_file;                                        ///< PEM file of the trusted authorities; "": the authorities of the system
  base::Duration close_limit = std::chrono::seconds(3);       ///< limit of the wait for the peer's close frame
  std::shared_ptr<HostLookup> hosts{};                        ///< must use the same io_context; null: the client makes one
  ProxyRules proxies{};                                       ///< the client opens a CONNECT tunnel through the matching proxy, even for ws
};

/// Makes a client for WebSockets (RFC 6455) over TCP and TLS 1.2 or 1.3, with Boost.Beast and OpenSSL. It runs on the thread of one io_context, which
/// must outlive the client and its sockets. The client and its sockets may be destroyed in any order.
///
/// TLS     verifies the peer's certificate chain and host name; sockets to one host resume its TLS session
/// cost    no compression: it saves nothing for audio, and needs 64 KB or more for each socket. Sending a frame allocates nothing
///         once the send queue has grown. Frames that wait while another frame is written leave together
/// time    tries the addresses of a host in turn; each attempt gets an equal share of the remaining connect_limit. If the thread stalls, and
///         wakes more than a tenth of connect_limit late, the socket gets the whole limit once more
/// errors  make_beast_web_socket_client() fails when it cannot read the CA file; no later operation fails because of that file
[[nodiscard]] base::Result<std::unique_ptr<WebSocketClient>, base::Error> make_beast_web_socket_client(boost::asio::io_context& io,
                                                                                                       BeastWebSocketOptions options = {});

}  // namespace offhook::inline v0::agent::net
