#pragma once

#include <offhook/bench/ai_side.hpp>
#include <offhook/bench/result.hpp>

#include <cstddef>
#include <vector>

namespace offhook::bench {

struct StallOptions {
  AiPrograms programs;
  std::size_t calls = 1000;    ///< number of calls at the end; a fiftieth of them start while the thread is stopped
  int seconds = 26;            ///< duration in seconds of each of the three measured parts
};

/// Measures how the calls on other threads are affected when a debugger stops one conversation thread, and what the calls cost. All calls
/// use the Realtime simulator over TLS. Each call takes one turn before the stop, one during the stop and one after it. Returns
/// "stall.CALLS.*". Throws std::runtime_error.
[[nodiscard]] std::vector<Result> measure_stall(const StallOptions& options);

}  // namespace offhook::bench
