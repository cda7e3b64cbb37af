#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/providers/azure/synthesis.hpp>
#include <offhook/agent/providers/azure/usp_frame.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace offhook::inline v0::agent::azure {

/// Returns the present wall time as usp_timestamp() writes it. Messages contain it; no decision depends on it.
[[nodiscard]] std::string usp_now();

/// Carries the messages of a Synthesis over WebSockets, one socket at a time.
class UspSocket {
 public:
  struct Shape {
    std::string_view whom;                                ///< name in sentences, a string literal: "the voice of Azure"
    std::function<net::WebSocketRequest()> make_request;  ///< called for each new socket
    Wake wake;
  };

  /// `core` and `sockets` must outlive this object.
  UspSocket(Shape shape, Synthesis& core, net::WebSocketClient& sockets) : shape_(std::move(shape)), core_(core), sockets_(sockets) {}

  /// Opens a socket in place of the present one.
  void connect();
  /// Carries out what the core requests. The owner calls this after each function of the core, but never from within a callback of this object.
  void carry_out();

 private:
  void flush();
  void take(const base::Result<UspMessage, UspError>& message);
  void after_event();

  Shape shape_;
  Synthesis& core_;
  net::WebSocketClient& sockets_;
  std::unique_ptr<net::WebSocket> socket_;
  bool gone_ = false;  // socket_ is closed; it is destroyed later, when none of its handlers runs
};

}  // namespace offhook::inline v0::agent::azure
