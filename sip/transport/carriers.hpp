#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/transport/byte_stream.hpp>
#include <offhook/sip/transport/sip_edge.hpp>

#include <memory>
#include <optional>

namespace offhook::inline v0::sip::detail {

class TlsContext;

/// The transports that this edge offers; makes the byte stream of each connection. Outlives the connections. If a transport is
/// not available, it refuses instead of using a weaker one (RFC 3261 section 26.2.2).
class Carriers {
 public:
  explicit Carriers(EdgeCounters& counters);
  ~Carriers();

  /// Prepares TLS and WebSocket. Errors: BadTrust, BadCertificate, BadWebSocket.
  [[nodiscard]] base::Result<void, EdgeError> open(const EdgeOptions& options);
  [[nodiscard]] bool offers(Transport transport) const;
  /// Makes the byte stream of a connection. Returns null if the transport is not offered, or if `flow` lacks the
  /// name of the peer, which a client needs for TLS and WebSocket.
  [[nodiscard]] std::unique_ptr<ByteStream> carry(boost::asio::ip::tcp::socket socket, const Flow& flow, Side side);

 private:
  [[nodiscard]] std::unique_ptr<ByteStream> secured(boost::asio::ip::tcp::socket socket, const Flow& flow, Side side);
  [[nodiscard]] std::unique_ptr<ByteStream> web_socket(boost::asio::ip::tcp::socket socket, const Flow& flow, Side side);

  EdgeCounters& counters_;
  std::unique_ptr<TlsContext> tls_;
  std::optional<WebSocketOptions> web_socket_;
  base::Duration message_time_{};
  // Number of WebSockets that wait for the peer's close frame. They share the number, so that it outlives them.
  std::shared_ptr<std::size_t> closing_ = std::make_shared<std::size_t>(0);
};

}  // namespace offhook::inline v0::sip::detail
