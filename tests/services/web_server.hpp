#pragma once

#include <offhook/base/time.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A server on loopback for what plays a provider in tests: HTTP and WebSocket, plain or over TLS, by stock Asio and Beast, so
/// that it shares nothing with what is tested against it. It can also do what no server should.
namespace offhook::services {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct WebRequest {
  std::string method, target;  ///< target with its query
  Headers headers;             ///< names in lower case
  std::string body;
  bool wants_upgrade = false;  ///< to a WebSocket

  [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// One connection. On the server's thread only. What is sent is queued, and leaves in order.
class Peer {
 public:
  virtual ~Peer() = default;
  /// A whole answer; the connection is kept for the next request.
  virtual void answer(int status, const Headers& headers, std::string_view body) = 0;
  /// An answer whose body comes in chunks until end().
  virtual void begin_answer(int status, const Headers& headers) = 0;
  virtual void send_chunk(std::string_view bytes) = 0;
  virtual void end_answer() = 0;

  virtual void upgrade() = 0;  ///< takes the WebSocket
  virtual void send_text(std::string text) = 0;
  virtual void send_binary(std::string bytes) = 0;
  /// One message in `frames` frames.
  virtual void send_split(std::string text, std::size_t frames) = 0;
  virtual void ping() = 0;
  virtual void close(std::uint16_t code, std::string reason) = 0;

  virtual void send_raw(std::string bytes) = 0;  ///< as it is, under HTTP and WebSocket
  virtual void drop() = 0;                       ///< ends the TCP connection without a word, after what is queued
  virtual void stop_reading() = 0;
  /// Visitor::on_time() at that time; a later call replaces an earlier one.
  virtual void wake_at(base::TimePoint when) = 0;
  [[nodiscard]] virtual bool resumed_tls() = 0;
};

/// What serves one request, or one WebSocket, for as long as it takes.
class Visitor {
 public:
  virtual ~Visitor() = default;
  virtual void on_text(Peer&, std::string_view) {}
  virtual void on_binary(Peer&, std::string_view) {}
  virtual void on_ping(Peer&) {}  ///< answered already
  virtual void on_time(Peer&) {}
  virtual void on_gone(std::uint16_t /*close code; 1006: none*/) {}
};

struct ServerOptions {
  std::string certificate_pem, key_pem;  ///< "": plain
  bool mute = false;                     ///< TCP is accepted, and nothing more
};

class WebServer {
 public:
  /// Called for each request on the server's thread: answers or upgrades at once, or returns who will. Null may mean never.
  using Reception = std::function<std::unique_ptr<Visitor>(Peer&, const WebRequest&)>;

  /// Null when there is no port or the certificate is refused.
  [[nodiscard]] static std::unique_ptr<WebServer> open(ServerOptions options, Reception reception);
  virtual ~WebServer() = default;  ///< ends all connections
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  virtual void post(std::function<void()> task) = 0;
};

}  // namespace offhook::services
