#pragma once

#include <offhook/agent/net/http_client.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::net {

struct WebSocketRequest {
  std::string url;  ///< ws:// or wss://
  Headers headers;
  base::Duration connect_limit = std::chrono::seconds(5);  ///< longest time for TCP, TLS and the handshake together
  base::Duration ping_every = std::chrono::seconds(20);    ///< ping interval; if nothing arrives before the next ping, the socket closes with Closed
  std::size_t max_message = 4U << 20U;                     ///< maximum octets of a received message; a larger one closes the socket with code 1009
  std::size_t max_unsent = 4U << 20U;                      ///< maximum octets that wait to be sent; if there are more, the socket closes with Closed
};

/// The reason why a socket is closed, or did not open. `status` is the status of a handshake response other than 101, otherwise 0. `code` and
/// `reason` are those of the close frame; `code` is 1006 if there was none (RFC 6455 section 7.1.5). `headers` are those of a refused handshake,
/// names in lower case.
struct WebSocketClosed {
  std::optional<NetError> error;
  int status = 0;
  std::string retry_after;  ///< the Retry-After header of a refused handshake
  int code = 0;
  std::string reason;
  Headers headers{};
};

/// The callbacks of one socket: on_open once, then messages, then on_closed once. If the socket does not open, only on_closed is called. A view is
/// valid only during its callback.
struct WebSocketHandler {
  std::function<void()> on_open;
  std::function<void(std::string_view text)> on_text;
  std::function<void(std::string_view bytes)> on_binary;
  std::function<void(const WebSocketClosed&)> on_closed;
};

/// A socket that is opening, open or closed. Destroying it closes it without waiting; its handlers are then not called any more.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  /// Copies `text` into the send buffer. Before on_open the text waits there. A closed socket drops it.
  virtual void send_text(std::string_view text) = 0;
  virtual void send_binary(std::string_view bytes) = 0;
  virtual void close(int code, std::string_view reason) = 0;
};

/// Opens WebSockets. Use the client from one thread. It calls the handlers on the same thread, but never from within open() or send_text().
class WebSocketClient {
 public:
  virtual ~WebSocketClient() = default;
  [[nodiscard]] virtual std::unique_ptr<WebSocket> open(WebSocketRequest request, WebSocketHandler handler) = 0;
};

}  // namespace offhook::inline v0::agent::net
