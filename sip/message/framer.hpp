#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>
#include <offhook/sip/message/slab.hpp>

#include <optional>
#include <vector>

namespace offhook::inline v0::sip {

/// Cuts a byte stream into messages by Content-Length (RFC 3261 section 18.3), at any split of the input, and sees the
/// keep-alives of RFC 5626 section 3.5.1 between them. Holds at most kMaxMessageBytes. Never scans a byte twice.
class Framer {
 public:
  enum class Error { TooLarge, BadContentLength };  ///< The stream cannot be framed any more: answer if possible, then close it.
  struct Ping {};                                   ///< CRLFCRLF: answer with one CRLF.
  struct Pong {};                                   ///< A single CRLF between messages.
  struct Frame { base::Bytes bytes; };              ///< One message; borrows until the next call.

  void receive(base::Bytes bytes);
  enum class Next { None, Frame, Ping, Pong, Error };
  /// What is next in the stream; call until None. frame() then holds the bytes, error() the reason.
  [[nodiscard]] Next next();
  [[nodiscard]] base::Bytes frame() const;
  [[nodiscard]] Error error() const;
  /// True while part of a message is held: the owner runs its slow-sender timer then.
  [[nodiscard]] bool mid_message() const;

 private:
  std::vector<std::uint8_t> buffer_;
  std::size_t begin_ = 0;    // First byte not yet given out.
  std::size_t scanned_ = 0;  // Up to here no end of the header block was found.
  std::size_t frame_begin_ = 0, frame_size_ = 0;
  Error error_ = Error::TooLarge;
};

}  // namespace offhook::inline v0::sip
