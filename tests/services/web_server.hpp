#pragma once

#include <offhook/base/time.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A server on loopback for the simulated providers of the tests: HTTP and WebSocket, with or without TLS. It uses only Asio and Beast.
/// Therefore it shares no code with the code under test. It can also violate the protocols.
namespace offhook::services {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct WebRequest {
  std::string method, target;  ///< target: path and query
  Headers headers;             ///< names in lower case
  std::string body;
  bool wants_upgrade = false;  ///< true: the client requests a WebSocket

  [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// One connection. Use it only on the server's thread. Data that is sent is queued, and leaves in order.
class Peer {
 public:
  virtual ~Peer() = default;
  /// Sends a whole answer. The connection stays open for the next request.
  virtual void answer(int status, const Headers& headers, std::string_view body) = 0;
  /// Starts an answer. Its body follows in chunks until end_answer().
  virtual void begin_answer(int status, const Headers& headers) = 0;
  virtual void send_chunk(std::string_view bytes) = 0;
  virtual void end_answer() = 0;

  virtual void upgrade() = 0;  ///< accepts the WebSocket
  virtual void send_text(std::string text) = 0;
  virtual void send_binary(std::string bytes) = 0;
  /// Sends one message in `frames` frames.
  virtual void send_split(std::string text, std::size_t frames) = 0;
  virtual void ping() = 0;
  virtual void close(std::uint16_t code, std::string reason) = 0;

  virtual void send_raw(std::string bytes) = 0;  ///< sends octets without the framing of HTTP or WebSocket
  virtual void drop() = 0;                       ///< ends the TCP connection without a close frame, after the queued data
  virtual void stop_reading() = 0;
  /// Makes the server call Visitor::on_time() at this time. A later wake_at() replaces the time.
  virtual void wake_at(base::TimePoint when) = 0;
  [[nodiscard]] virtual bool resumed_tls() = 0;
};

/// Serves one request, or one WebSocket until it ends.
class Visitor {
 public:
  virtual ~Visitor() = default;
  virtual void on_text(Peer&, std::string_view) {}
  virtual void on_binary(Peer&, std::string_view) {}
  virtual void on_ping(Peer&) {}  ///< called after the server has answered the ping
  virtual void on_time(Peer&) {}
  virtual void on_gone(std::uint16_t /*close code; 1006: none*/) {}
};

struct ServerOptions {
  std::string certificate_pem, key_pem;  ///< "": the server has no TLS
  bool mute = false;                     ///< true: the server accepts TCP connections, and sends nothing
};

class WebServer {
 public:
  /// The server calls this on its thread for each request. The function answers or upgrades before it returns, or returns a visitor that
  /// answers later. If it returns null without an answer, the request gets no answer.
  using Reception = std::function<std::unique_ptr<Visitor>(Peer&, const WebRequest&)>;

  /// Returns null if no port is free, or if OpenSSL refuses the certificate.
  [[nodiscard]] static std::unique_ptr<WebServer> open(ServerOptions options, Reception reception);
  virtual ~WebServer() = default;  ///< ends all connections
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  virtual void post(std::function<void()> task) = 0;
};

}  // namespace offhook::services
