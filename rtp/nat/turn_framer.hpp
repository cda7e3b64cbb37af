#pragma once

#include <offhook/base/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace offhook::inline v0::rtp {

/// Splits a stream of TURN over TCP or TLS into messages of STUN and ChannelData: RFC 8656 sections 3.1 and 12.5. Pure. Holds at most one message; it
/// allocates only while a message is longer than all before it and than kUsualOctets.
class TurnFramer {
 public:
  static constexpr std::size_t kMaxOctets = 20 + 65532;  ///< of a message of STUN; ChannelData is shorter
  static constexpr std::size_t kUsualOctets = 2048;

  /// Error: the stream has something else than a message; next() returns this once, and then always None. Close the connection.
  enum class Next : std::uint8_t { None, Message, Error };

  TurnFramer() { held_.reserve(kUsualOctets); }

  /// Takes octets of the next message from the front of `stream`. Call it until it returns None; `stream` is then empty.
  [[nodiscard]] Next next(base::Bytes& stream);
  /// After Message, returns it; ChannelData has its padding still. Valid until the next call.
  [[nodiscard]] base::Bytes message() const { return held_; }

 private:
  [[nodiscard]] bool take_until(std::size_t size, base::Bytes& stream);

  std::vector<std::uint8_t> held_;  // the message so far
  bool is_whole_ = false, failed_ = false;
};

/// Returns true if the octets are exactly one message of such a stream, ChannelData with its padding. Anything else in a stream would end the order of its messages.
[[nodiscard]] bool is_turn_message(base::Bytes octets);

}  // namespace offhook::inline v0::rtp
