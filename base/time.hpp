#pragma once

#include <chrono>
#include <cstdint>

namespace offhook::inline v0::base {

/// The only clock that drives timers. Cores never read it: the owner passes the time in.
using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

/// Returns the duration of `count` samples or octets at a rate of `per_second` per second.
[[nodiscard]] constexpr Duration duration_of(std::uint64_t count, std::uint64_t per_second) {
  return std::chrono::seconds(count / per_second) + std::chrono::nanoseconds(count % per_second * 1'000'000'000 / per_second);
}

}  // namespace offhook::inline v0::base
