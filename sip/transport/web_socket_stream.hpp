#pragma once

#include <offhook/sip/transport/message_stream.hpp>
#include <offhook/sip/transport/web_socket_options.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace offhook::inline v0::sip::detail {

/// The settings of a WebSocket's connection.
struct WebSocketSetup {
  Side side = Side::Client;
  WebSocketOptions options{};
  std::string host{};                    ///< the Host field that a client sends
  base::Duration message_time{};         ///< longest time of one message or frame, from its first to its last octet
  std::function<void()> on_slow_sender{};  ///< called when a message or frame took longer; the connection then fails
  std::shared_ptr<std::size_t> closing{};  ///< number of WebSockets that wait for the peer's close frame, shared by all of them
};

/// Bound of a client's request, from its first line to the empty one (RFC 6455 section 4.1).
constexpr std::size_t kMaxUpgradeBytes = 8192;
constexpr std::size_t kMaxClosing = 64;         ///< connections that wait for the peer's close frame; a further one is cut
constexpr base::Duration kCloseLimit = std::chrono::seconds(2);  ///< time to wait for the peer's close frame

/// Makes a WebSocket (RFC 6455) with the subprotocol of RFC 7118 over `carrier`, which it opens first. No compression. One SIP
/// message per WebSocket message, of at most kMaxMessageBytes; a longer one ends the connection with 1009. close() sends a close
/// frame with 1001, and waits for the peer's close frame in the background. A response to our handshake may have about 1,500
/// octets.
[[nodiscard]] std::unique_ptr<ByteStream> make_web_socket_stream(boost::asio::any_io_executor executor, std::unique_ptr<ByteStream> carrier,
                                                                 WebSocketSetup setup);

}  // namespace offhook::inline v0::sip::detail
