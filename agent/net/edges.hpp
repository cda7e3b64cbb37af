#pragma once

#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/net/web_socket.hpp>

#include <string>

namespace offhook::inline v0::agent::net {

/// The network clients of one conversation thread. All telephone calls of the thread share the clients, and use them on this thread only. The first
/// request for a client creates it. Each CA file has a client of its own; "" stands for the authorities of the system.
class Edges {
 public:
  virtual ~Edges() = default;
  [[nodiscard]] virtual HttpClient& http(const std::string& ca_file) = 0;
  /// Returns the client for plain http, which connects only to addresses of the local network.
  [[nodiscard]] virtual HttpClient& local_http() = 0;
  [[nodiscard]] virtual WebSocketClient& sockets(const std::string& ca_file) = 0;
};

}  // namespace offhook::inline v0::agent::net
