#pragma once

#include <boost/asio/error.hpp>
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

/// The byte stream of one connection: TCP, TLS over it, or a WebSocket over either. Call open() at most once, then run at most
/// one read and one write at a time. Each Done is called once, and never from within the function to which it was passed. A Done
/// keeps the stream's owner alive until it is called. After close() it gets an error. The buffers belong to the owner, and must
/// stay valid until Done.
class ByteStream {
 public:
  using Done = std::function<void(const boost::system::error_code&, std::size_t)>;

  ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  virtual ~ByteStream() = default;

  /// Performs the handshakes above TCP, as client or server.
  virtual void open(Done done) = 0;
  /// Reads at least one octet, or fails.
  virtual void read_some(std::span<std::uint8_t> into, Done done) = 0;
  /// Writes all of `bytes`.
  virtual void write(std::string_view bytes, Done done) = 0;
  /// Ends our side of the stream; the peer may continue.
  virtual void finish_writing() = 0;
  virtual void close() = 0;

  /// Returns this object if it preserves message boundaries, otherwise null.
  [[nodiscard]] virtual MessageStream* messages() { return nullptr; }
  /// Returns the reason why open() failed, as text for users; "" if the error code says everything.
  [[nodiscard]] virtual std::string failure() const { return {}; }
};

/// Returns the error with which a stream ends when the peer breaks the protocol.
[[nodiscard]] inline boost::system::error_code protocol_error() { return boost::system::errc::make_error_code(boost::system::errc::protocol_error); }

/// Returns the error with which open() ends after the peer has got the page that it requested, instead of a WebSocket.
[[nodiscard]] inline boost::system::error_code answered_error() { return boost::asio::error::shut_down; }

enum class Side : std::uint8_t { Client, Server };

[[nodiscard]] std::unique_ptr<ByteStream> make_tcp_stream(boost::asio::ip::tcp::socket socket);

}  // namespace offhook::inline v0::sip::detail
