#pragma once

#include <array>
#include <cstdint>

namespace offhook::inline v0::rtp {

/// The highest packet index of one source, and which of the newest kSize indexes were accepted: RFC 3711 sections 3.3.1 and 3.3.2. An SRTP index is the
/// sequence number, extended by the roll-over counter. An SRTCP packet carries its index.
class IndexWindow {
 public:
  static constexpr std::uint64_t kSize = 128;

  /// Returns the most likely index of an SRTP packet with this sequence number: RFC 3711 section 3.3.1. The roll-over counter starts at 0.
  [[nodiscard]] constexpr std::uint64_t index_of(std::uint16_t sequence) const {
    if (!started_) return sequence;
    constexpr std::uint64_t kHalf = 1U << 15, kRound = 1U << 16;
    const std::uint64_t last = highest_ % kRound, roll_over = highest_ / kRound;
    std::uint64_t guess = roll_over;
    if (last < kHalf) {
      if (sequence > last + kHalf && roll_over > 0) guess = roll_over - 1;
    } else if (sequence + kHalf < last) {
      guess = roll_over + 1;
    }
    return guess * kRound + sequence;
  }
  /// Returns false for an index that was accepted before, or that is too old for this window.
  [[nodiscard]] constexpr bool is_new(std::uint64_t index) const {
    if (!started_ || index > highest_) return true;
    const std::uint64_t age = highest_ - index;
    return age < kSize && (seen_[age / 64] >> (age % 64) & 1) == 0;
  }
  /// Records this index as received. Call it only for a packet with a correct tag.
  constexpr void accept(std::uint64_t index) {
    if (!started_ || index > highest_) move_to(index);
    const std::uint64_t age = highest_ - index;
    if (age < kSize) seen_[age / 64] |= std::uint64_t{1} << (age % 64);
  }

 private:
  constexpr void move_to(std::uint64_t index) {
    const std::uint64_t by = started_ ? index - highest_ : kSize;
    if (by >= kSize) {
      seen_ = {};
    } else if (by >= 64) {
      seen_ = {0, seen_[0] << (by - 64)};
    } else {
      seen_ = {seen_[0] << by, seen_[1] << by | seen_[0] >> (64 - by)};
    }
    highest_ = index;
    started_ = true;
  }

  std::uint64_t highest_ = 0;
  std::array<std::uint64_t, kSize / 64> seen_{};  // one bit for each index; the lowest bit is for highest_
  bool started_ = false;
};

}  // namespace offhook::inline v0::rtp
