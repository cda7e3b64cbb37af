#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::media {

/// How the kernel puts a thread before others that want its core.
enum class Scheduling : std::uint8_t {
  Usual,     ///< as any thread
  Raised,    ///< ten steps of nice before: it waits less, and may still have to
  RealTime,  ///< SCHED_FIFO, before all usual ones: it never waits for them
};
[[nodiscard]] std::string_view to_string(Scheduling scheduling);

/// Of the calling thread, as far as the system allows: real time needs CAP_SYS_NICE or RLIMIT_RTPRIO of 1, raised RLIMIT_NICE of 30. What came
/// of it.
Scheduling go_before_others();

}  // namespace offhook::inline v0::media
