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
  base::Duration connect_limit = std::chrono::seconds(5);  ///< TCP, TLS and the handshake together
  base::Duration ping_every = std::chrono::seconds(20);    ///< one unanswered until the next, and nothing else received: Closed
  std::size_t max_message = 4U << 20U;                     ///< received; one octet more closes with 1009
  std::size_t max_unsent = 4U << 20U;                      ///< beyond it the other side does not read: Closed
};

/// Why a socket is no more, or never was. `status`: of a handshake that was answered with something else than 101, else 0;
/// `code` and `reason`: of the close frame, 1006 when there was none (RFC 6455 section 7.1.5). `headers`: of a refused handshake,
/// names in lower case.
struct WebSocketClosed {
  std::optional<NetError> error;
  int status = 0;
  std::string retry_after;  ///< of a refused handshake
  int code = 0;
  std::string reason;
  Headers headers{};
};

/// on_open once, then messages, then on_closed once; on_closed may come alone. A view is valid during the call only.
struct WebSocketHandler {
  std::function<void()> on_open;
  std::function<void(std::string_view text)> on_text;
  std::function<void(std::string_view bytes)> on_binary;
  std::function<void(const WebSocketClosed&)> on_closed;
};

/// A socket that opens, is open, or is closed. Destroying it closes it without waiting: its handlers are called no more.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  /// Before on_open it waits for it. The text is copied into the send buffer; of a closed socket it is dropped.
  virtual void send_text(std::string_view text) = 0;
  virtual void send_binary(std::string_view bytes) = 0;
  virtual void close(int code, std::string_view reason) = 0;
};

/// Used from one thread, on which the handlers are called too: never from within open() or send_text().
class WebSocketClient {
 public:
  virtual ~WebSocketClient() = default;
  [[nodiscard]] virtual std::unique_ptr<WebSocket> open(WebSocketRequest request, WebSocketHandler handler) = 0;
};

}  // namespace offhook::inline v0::agent::net
