#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace offhook::inline v0::rtp {

/// Seconds since 1900, as a 32.32 fixed-point number: RFC 3550 section 4. Only the edge reads the wall clock, and passes it as an argument.
struct NtpTime {
  std::uint64_t value = 0;

  [[nodiscard]] static constexpr NtpTime from_unix(std::chrono::nanoseconds since_1970) {
    constexpr std::int64_t kNano = 1'000'000'000;
    const auto seconds = static_cast<std::uint64_t>(since_1970.count() / kNano) + 2'208'988'800u;   // 70 years, 17 of them leap years
    const auto fraction = (static_cast<std::uint64_t>(since_1970.count() % kNano) << 32) / static_cast<std::uint64_t>(kNano);
    return {seconds << 32 | fraction};
  }
  /// Returns the middle 32 bits, in units of 1/65536 s, as the LSR field carries them.
  [[nodiscard]] constexpr std::uint32_t middle() const { return static_cast<std::uint32_t>(value >> 16); }
  friend constexpr auto operator<=>(NtpTime, NtpTime) = default;
};

}  // namespace offhook::inline v0::rtp
