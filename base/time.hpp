#pragma once

#include <chrono>

namespace offhook::inline v0::base {

/// The only clock that drives timers. Cores never read it: time comes in as an argument.
using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

}  // namespace offhook::inline v0::base
