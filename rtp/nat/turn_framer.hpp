#pragma once

#include <offhook/base/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace offhook::inline v0::rtp {

/// Splits a stream of TURN over TCP or TLS into messages of STUN and ChannelData: RFC 8656 sections 3.1 and 12.5. Pure. It holds at most one message, and
/// allocates only for a message that is longer than kUsualOctets and than all messages before it.
class TurnFramer {
 public:
  static constexpr std::size_t kMaxOctets = 20 + 65532;  ///< largest STUN message; ChannelData is shorter
  static constexpr std::size_t kUsualOctets = 2048;

  /// Error: the octets at the front of the stream are not a message. next() returns Error once, and then always None. Close the connection.
  enum class Next : std::uint8_t { None, Message, Error };

  TurnFramer() { held_.reserve(kUsualOctets); }

  /// Takes octets of the next message from the front of `stream`. Call it until it returns None, which it does when `stream` is empty.
  [[nodiscard]] Next next(base::Bytes& stream);
  /// Returns the message after next() returned Message. ChannelData still has its padding. Valid until the next call of next().
  [[nodiscard]] base::Bytes message() const { return held_; }

 private:
  [[nodiscard]] bool take_until(std::size_t size, base::Bytes& stream);

  std::vector<std::uint8_t> held_;  // the octets of the current message that have come
  bool is_whole_ = false, failed_ = false;
};

/// Returns true if the octets are exactly one message of such a stream: a STUN message, or ChannelData with its padding. Check this before you send them over a
/// stream: after other octets, the server could not find the next message.
[[nodiscard]] bool is_turn_message(base::Bytes octets);

}  // namespace offhook::inline v0::rtp
