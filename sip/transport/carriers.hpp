#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/transport/byte_stream.hpp>
#include <offhook/sip/transport/sip_edge.hpp>

#include <memory>
#include <optional>

namespace offhook::inline v0::sip::detail {

class TlsContext;

/// Which transports this edge has, and what carries a connection of each. Outlives the connections. What cannot be had as it was
/// asked for is refused: nothing falls back to a weaker transport (RFC 3261 section 26.2.2).
class Carriers {
 public:
  explicit Carriers(EdgeCounters& counters);
  ~Carriers();

  /// Errors: BadTrust, BadCertificate, BadWebSocket.
  [[nodiscard]] base::Result<void, EdgeError> open(const EdgeOptions& options);
  [[nodiscard]] bool offers(Transport transport) const;
  /// Null when that is not offered, or the peer has no name to prove.
  [[nodiscard]] std::unique_ptr<ByteStream> carry(boost::asio::ip::tcp::socket socket, const Flow& flow, Side side);

 private:
  [[nodiscard]] std::unique_ptr<ByteStream> secured(boost::asio::ip::tcp::socket socket, const Flow& flow, Side side);
  [[nodiscard]] std::unique_ptr<ByteStream> web_socket(boost::asio::ip::tcp::socket socket, const Flow& flow, Side side);

  EdgeCounters& counters_;
  std::unique_ptr<TlsContext> tls_;
  std::optional<WebSocketOptions> web_socket_;
  base::Duration message_time_{};
  std::shared_ptr<std::size_t> closing_ = std::make_shared<std::size_t>(0);  // Outlives what still says goodbye.
};

}  // namespace offhook::inline v0::sip::detail
