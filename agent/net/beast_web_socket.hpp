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
  std::string ca_file;                                        ///< PEM with who is trusted; "": those whom the system trusts
  base::Duration close_limit = std::chrono::seconds(3);       ///< for the other side's close frame
  std::shared_ptr<HostLookup> hosts{};                        ///< of the same io_context; null: one of its own
  ProxyRules proxies{};                                       ///< a tunnel through one of these, also for ws
};

/// WebSockets (RFC 6455) over TCP and TLS 1.2 or 1.3, by Boost.Beast and OpenSSL, on one thread's io_context, which must outlive
/// the client and its sockets; they may be destroyed in any order.
///
/// TLS   the other side's certificate and host name are verified; sockets to one host resume its session
/// cost  no compression (audio has nothing to give, and it costs 64 KB and more each); sending a frame of ours allocates nothing
///       once the queue has grown; frames that wait while one is written leave together
/// time  several addresses of a host are tried in turn, each with its share of what is left of connect_limit
/// errors  of the CA file, at make(): nothing later can fail for it
[[nodiscard]] base::Result<std::unique_ptr<WebSocketClient>, base::Error> make_beast_web_socket_client(boost::asio::io_context& io,
                                                                                                       BeastWebSocketOptions options = {});

}  // namespace offhook::inline v0::agent::net
