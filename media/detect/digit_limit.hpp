#pragma once

#include <algorithm>
#include <cstdint>

namespace offhook::inline v0::media {

inline constexpr std::uint32_t kMaxDigitsPerSecond = 20;  ///< fast diallers send 12: 40 ms on, 40 ms off
inline constexpr std::uint32_t kMaxDigitsPerCall = 2000;

/// Limits the caller's digits, so that a peer that sends very many digits cannot keep a conversation busy. It is a token bucket
/// that holds the digits of one second. Each tick adds to it.
class DigitLimit {
 public:
  [[nodiscard]] bool allows(std::uint64_t tick) {
    const std::uint64_t passed = std::min<std::uint64_t>(tick > last_ ? tick - last_ : 0, kTicksPerSecond);
    last_ = std::max(last_, tick);
    credit_ = std::min<std::uint64_t>(credit_ + passed * kMaxDigitsPerSecond, kFull);
    if (let_through_ == kMaxDigitsPerCall || credit_ < kTicksPerSecond) {
      ++ignored_;
      return false;
    }
    credit_ -= kTicksPerSecond;
    ++let_through_;
    return true;
  }
  [[nodiscard]] std::uint64_t ignored() const { return ignored_; }

 private:
  static constexpr std::uint64_t kTicksPerSecond = 50;                                // also the credit that one digit costs
  static constexpr std::uint64_t kFull = kMaxDigitsPerSecond * kTicksPerSecond;
  std::uint64_t credit_ = kFull;
  std::uint64_t last_ = 0;
  std::uint64_t ignored_ = 0;
  std::uint32_t let_through_ = 0;
};

}  // namespace offhook::inline v0::media
