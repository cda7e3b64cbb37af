#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip::detail {

class MessageStream;

/// What carries one connection: TCP, TLS over it, or a WebSocket over either. At most one open(), then one read and one write at a
/// time. Each Done is called once, never from within the call that it was given to, and keeps the stream's owner alive until
/// then; after close() it hears of an error. What is read into and written from is the owner's, and stays until Done.
class ByteStream {
 public:
  using Done = std::function<void(const boost::system::error_code&, std::size_t)>;

  ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  virtual ~ByteStream() = default;

  /// The handshakes above TCP, of whichever side we are.
  virtual void open(Done done) = 0;
  /// At least one octet, or an error.
  virtual void read_some(std::span<std::uint8_t> into, Done done) = 0;
  /// All of it.
  virtual void write(std::string_view bytes, Done done) = 0;
  /// Nothing more comes from us, the peer may go on.
  virtual void finish_writing() = 0;
  virtual void close() = 0;

  /// This one, when it keeps messages apart; otherwise null.
  [[nodiscard]] virtual MessageStream* messages() { return nullptr; }
  /// Why open() failed, for people; "" when the error says it all.
  [[nodiscard]] virtual std::string failure() const { return {}; }
};

/// Returns the error with which a stream ends when the peer breaks the protocol.
[[nodiscard]] inline boost::system::error_code protocol_error() { return boost::system::errc::make_error_code(boost::system::errc::protocol_error); }

enum class Side : std::uint8_t { Client, Server };

[[nodiscard]] std::unique_ptr<ByteStream> make_tcp_stream(boost::asio::ip::tcp::socket socket);

}  // namespace offhook::inline v0::sip::detail
