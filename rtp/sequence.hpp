#pragma once

#include <cstdint>
#include <optional>
#include <type_traits>

namespace offhook::inline v0::rtp {

/// Widens a wrapping counter to 64 bits: each result is the possible value nearest to the last result. The first value is one whole turn above zero,
/// so that earlier values are still positive.
template <class Narrow>
class Unwrapper {
 public:
  constexpr std::int64_t unwrap(Narrow value) {
    last_ = peek(value);
    started_ = true;
    return last_;
  }
  /// Returns the result of unwrap() without remembering it.
  [[nodiscard]] constexpr std::int64_t peek(Narrow value) const {
    if (!started_) return (std::int64_t{1} << (8 * sizeof(Narrow))) + value;
    using Signed = std::make_signed_t<Narrow>;
    return last_ + static_cast<Signed>(static_cast<Narrow>(value - static_cast<Narrow>(last_)));
  }
  constexpr void reset() { started_ = false; }

 private:
  std::int64_t last_ = 0;
  bool started_ = false;
};

using SequenceUnwrapper = Unwrapper<std::uint16_t>;
using TimestampUnwrapper = Unwrapper<std::uint32_t>;

inline constexpr int kMinSequential = 2;             ///< RFC 3550 appendix A.1
inline constexpr std::uint16_t kMaxDropout = 3000;   ///< RFC 3550 appendix A.1: one minute at 50 packets a second
inline constexpr std::uint16_t kMaxMisorder = 100;   ///< RFC 3550 appendix A.1

/// Decides which sequence numbers of one SSRC are valid, by RFC 3550 appendix A.1. A source counts from its kMinSequential-th packet in order. A jump
/// is accepted when two packets in a row agree on it.
class SequenceTracker {
 public:
  enum class Verdict : std::uint8_t {
    Probation,   ///< not enough packets have come in order yet
    Valid,       ///< the packet counts: it is new, reordered or a duplicate
    Jump,        ///< the number is far from the expected one: the packet is dropped, and the next packet may confirm the jump
    Restarted,   ///< the jump is confirmed, or the probation is over: counting starts here
  };
  Verdict on_packet(std::uint16_t sequence);

  /// Returns the highest sequence number received, extended by its cycles (RFC 3550 section 6.4.1). Returns 0 before the first valid packet.
  [[nodiscard]] std::uint32_t extended_highest() const { return cycles_ + max_; }
  /// Returns how many packets should have come since counting started.
  [[nodiscard]] std::uint64_t expected() const { return valid_ ? extended_highest() - base_ + std::uint64_t{1} : 0; }
  [[nodiscard]] bool valid() const { return valid_; }

 private:
  void begin(std::uint16_t sequence);

  bool started_ = false;
  bool valid_ = false;
  int probation_ = kMinSequential;
  std::uint16_t max_ = 0;
  std::uint32_t cycles_ = 0;   // the number of wraps, shifted left by 16
  std::uint32_t base_ = 0;
  std::optional<std::uint16_t> confirms_jump_;
};

}  // namespace offhook::inline v0::rtp
