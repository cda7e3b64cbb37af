#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::media {

/// The priority of a thread over other threads of the same core.
enum class Scheduling : std::uint8_t {
  Usual,     ///< the priority of any thread
  Raised,    ///< ten steps of nice higher: the thread waits less, but may still wait
  RealTime,  ///< SCHED_FIFO, before all usual threads: the thread never waits for them
};
[[nodiscard]] std::string_view to_string(Scheduling scheduling);

/// Raises the priority of the calling thread, as far as the system allows it: real time needs CAP_SYS_NICE or RLIMIT_RTPRIO of 1, raised needs
/// RLIMIT_NICE of 30. Returns the result.
Scheduling go_before_others();

}  // namespace offhook::inline v0::media
