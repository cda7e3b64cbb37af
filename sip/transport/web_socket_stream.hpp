#pragma once

#include <offhook/sip/transport/message_stream.hpp>
#include <offhook/sip/transport/web_socket_options.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace offhook::inline v0::sip::detail {

/// What a WebSocket has to know of its connection.
struct WebSocketSetup {
  Side side = Side::Client;
  WebSocketOptions options{};
  std::string host{};                    ///< as a client: the Host field
  base::Duration message_time{};         ///< for one message or frame, from its first octet to its last
  std::function<void()> on_slow_sender{};  ///< one took longer; the connection fails then
  std::shared_ptr<std::size_t> closing{};  ///< how many wait for the peer's close frame, of all that share it
};

constexpr std::size_t kMaxUpgradeBytes = 8192;  ///< of a client's request, from its first line to the empty one (RFC 6455 section 4.1)
constexpr std::size_t kMaxClosing = 64;         ///< connections that wait for the peer's close frame; a further one is cut
constexpr base::Duration kCloseLimit = std::chrono::seconds(2);  ///< for that frame

/// RFC 6455 with the subprotocol of RFC 7118 over `carrier`, which is opened first. No compression. One SIP message per WebSocket
/// message, of at most kMaxMessageBytes: a longer one ends the connection with 1009. close() says goodbye with 1001, and waits
/// for the peer's own in the background. An answer to our handshake has room for some 1,500 octets.
[[nodiscard]] std::unique_ptr<ByteStream> make_web_socket_stream(boost::asio::any_io_executor executor, std::unique_ptr<ByteStream> carrier,
                                                                 WebSocketSetup setup);

}  // namespace offhook::inline v0::sip::detail
