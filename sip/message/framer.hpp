#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>
#include <offhook/sip/message/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace offhook::inline v0::sip {

/// Splits a byte stream into messages by Content-Length (RFC 3261 section 18.3), however the network has divided the stream.
/// Detects the keep-alives of RFC 5626 section 3.5.1 between messages. Holds at most kMaxMessageBytes plus the bytes of one
/// receive(). Scans each byte only once for the end of a header block.
class Framer {
 public:
  /// Ping: CRLFCRLF; answer it with one CRLF. Pong: a single CRLF. If a Ping arrives in two pieces, next() reports its first half as
  /// a Pong. Error: the stream cannot be split into messages any more; next() returns this once, and then always None.
  enum class Next { None, Frame, Ping, Pong, Error };
  enum class Error { TooLarge, BadContentLength };  ///< BadContentLength: Content-Length is invalid, or it is missing although a stream requires it

  void receive(base::Bytes bytes);
  /// Call this after sending a Ping. The next single CRLF then counts as its Pong, and not as half of a peer's Ping.
  void expect_pong();
  /// Returns the next item of the stream. Call next() until it returns None. After Frame, frame() holds the message; after Error,
  /// error() holds the reason.
  [[nodiscard]] Next next();
  /// After Frame, returns the message. After Error, returns the header block of the faulty message, or nothing if that block is
  /// incomplete. Pass the header block to parse_message with Framing::Stream, which returns the refusal to send before the
  /// connection is closed. Valid until the next receive().
  [[nodiscard]] base::Bytes frame() const;
  [[nodiscard]] Error error() const;
  /// After None, returns true while part of a message is held. The owner then runs its timer for slow senders.
  [[nodiscard]] bool mid_message() const;

 private:
  [[nodiscard]] Next take_keep_alive();
  [[nodiscard]] std::size_t find_block_end();
  [[nodiscard]] Next fail(Error error);

  std::vector<std::uint8_t> buffer_;
  std::size_t begin_ = 0;    // The first byte that was not yet returned.
  std::size_t scanned_ = 0;  // No end of the header block was found up to here.
  std::size_t message_size_ = 0;  // Size of the message at begin_; 0 while its header block is incomplete.
  std::size_t frame_begin_ = 0, frame_size_ = 0;
  bool half_ping_ = false;  // An odd number of consecutive CRLFs has arrived.
  bool pong_due_ = false;
  bool failed_ = false;
  Error error_ = Error::TooLarge;
};

}  // namespace offhook::inline v0::sip
