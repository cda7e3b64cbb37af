#pragma once

#include <offhook/bench/ai_side.hpp>
#include <offhook/bench/result.hpp>

#include <cstddef>
#include <vector>

namespace offhook::bench {

struct StallOptions {
  AiPrograms programs;
  std::size_t calls = 1000;    ///< calls at the end; a fiftieth of them arrive while the thread is stopped
  int seconds = 26;            ///< duration of each of the three measured parts
};

/// Measures how calls on other threads are affected when a debugger stops a conversation thread, and what the calls cost. All calls are up, with the
/// Realtime simulator behind TLS. Each call takes a turn before the stop, during the stop and after it. Returns "stall.CALLS.*". Throws
/// std::runtime_error.
[[nodiscard]] std::vector<Result> measure_stall(const StallOptions& options);

}  // namespace offhook::bench
