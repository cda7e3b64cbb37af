#pragma once

#include <chrono>
#include <cstdint>

namespace offhook::inline v0::base {

/// The only clock that drives timers. Cores never read it: time comes in as an argument.
using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

/// The time of so many samples or octets, of which `per_second` are in a second.
[[nodiscard]] constexpr Duration duration_of(std::uint64_t count, std::uint64_t per_second) {
  return std::chrono::seconds(count / per_second) + std::chrono::nanoseconds(count % per_second * 1'000'000'000 / per_second);
}

}  // namespace offhook::inline v0::base
