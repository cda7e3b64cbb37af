#pragma once

#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/net/web_socket.hpp>

#include <string>

namespace offhook::inline v0::agent::net {

/// The sockets of one conversation thread, shared by its calls: used on that thread only. Clients are made when they are first
/// asked for, one for each file of authorities ("": the system's).
class Edges {
 public:
  virtual ~Edges() = default;
  [[nodiscard]] virtual HttpClient& http(const std::string& ca_file) = 0;
  /// For plain http: connects to addresses of the local network alone.
  [[nodiscard]] virtual HttpClient& local_http() = 0;
  [[nodiscard]] virtual WebSocketClient& sockets(const std::string& ca_file) = 0;
};

}  // namespace offhook::inline v0::agent::net
