#pragma once

#include <offhook/bench/ai_side.hpp>
#include <offhook/bench/result.hpp>

#include <cstddef>
#include <vector>

namespace offhook::bench {

struct StallOptions {
  AiPrograms programs;
  std::size_t calls = 1000;    ///< at once, in the end; a fiftieth of them come while the thread stands still
  int seconds = 26;            ///< of each of the three stretches that are measured
};

/// Measures what calls on other threads notice of a conversation thread that a debugger stops, and what the calls cost. All calls are up with
/// the Realtime simulator behind TLS, and each takes a turn before the stop, during the stop and after it. "stall.CALLS.*". Throws
/// std::runtime_error.
[[nodiscard]] std::vector<Result> measure_stall(const StallOptions& options);

}  // namespace offhook::bench
