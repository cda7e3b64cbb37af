#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/providers/azure/usp_core.hpp>

#include <functional>
#include <memory>
#include <string_view>
#include <utility>

namespace offhook::inline v0::agent::azure {

/// Carries a core's messages over WebSockets, one after the other.
class UspSocket {
 public:
  struct Shape {
    std::string_view whom;                                ///< for people, and for ever: "the recogniser of Azure"
    std::function<net::WebSocketRequest()> make_request;  ///< asked anew for each socket
    Wake wake;
  };

  /// `core` and `sockets` outlive this.
  UspSocket(Shape shape, UspCore& core, net::WebSocketClient& sockets) : shape_(std::move(shape)), core_(core), sockets_(sockets) {}

  /// Opens a socket in place of the one there was.
  void connect();
  /// Does what the core wants: after each call of it, and never from within what this told it.
  void carry_out();

 private:
  void flush();
  void take(const base::Result<UspMessage, UspError>& message);
  void after_event();

  Shape shape_;
  UspCore& core_;
  net::WebSocketClient& sockets_;
  std::unique_ptr<net::WebSocket> socket_;
  bool gone_ = false;  // socket_ is closed, and destroyed when none of its handlers runs
};

}  // namespace offhook::inline v0::agent::azure
