#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>
#include <offhook/sip/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace offhook::inline v0::sip {

/// Cuts a byte stream into messages by Content-Length (RFC 3261 section 18.3), at any split of the input, and sees the
/// keep-alives of RFC 5626 section 3.5.1 between them. Holds at most kMaxMessageBytes besides what one receive() brought.
/// Never looks twice for the end of a header block, however small the pieces are.
class Framer {
 public:
  /// Ping: CRLFCRLF, answer with one CRLF. Pong: a single CRLF; when a Ping arrives in two pieces, its first half is seen as
  /// a Pong as well. Error: the stream cannot be framed any more; comes once, then None for good.
  enum class Next { None, Frame, Ping, Pong, Error };
  enum class Error { TooLarge, BadContentLength };  ///< BadContentLength: also none at all, which a stream must have.

  void receive(base::Bytes bytes);
  /// We have sent a Ping: the next CRLF that comes alone answers it, and is no half of one of theirs.
  void expect_pong();
  /// What is next in the stream; call until None. frame() then holds the bytes, error() the reason.
  [[nodiscard]] Next next();
  /// After Frame: the message. After Error: its header block, or empty when there is none; parse_message as Framing::Stream
  /// refuses that with the status to answer before the connection is closed. Borrows until the next receive().
  [[nodiscard]] base::Bytes frame() const;
  [[nodiscard]] Error error() const;
  /// After None: true while part of a message is held. The owner runs its slow-sender timer then.
  [[nodiscard]] bool mid_message() const;

 private:
  [[nodiscard]] Next take_keep_alive();
  [[nodiscard]] std::size_t find_block_end();
  [[nodiscard]] Next fail(Error error);

  std::vector<std::uint8_t> buffer_;
  std::size_t begin_ = 0;    // First byte not yet given out.
  std::size_t scanned_ = 0;  // Up to here no end of the header block was found.
  std::size_t message_size_ = 0;  // Of the message at begin_; 0 while its header block is incomplete.
  std::size_t frame_begin_ = 0, frame_size_ = 0;
  bool half_ping_ = false;  // An odd number of CRLFs came in a row.
  bool pong_due_ = false;
  bool failed_ = false;
  Error error_ = Error::TooLarge;
};

}  // namespace offhook::inline v0::sip
