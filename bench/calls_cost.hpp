#pragma once

#include <offhook/bench/ai_side.hpp>
#include <offhook/bench/result.hpp>
#include <offhook/bench/line_up.hpp>

#include <vector>

namespace offhook::bench {

struct CallsCostOptions {
  AiPrograms programs;
  std::size_t calls = 200;
  int seconds = 30;  ///< duration of the measurement in seconds, while all calls are up
};

/// Measures the cost of AI calls for the agent. Each call has its own WebSocket over TLS to the Realtime simulator, which is another
/// process. The callers are in this process. The caller speaks half of the time, and the model speaks the other half. Returns
/// "cost.CALLS.*". Throws std::runtime_error.
[[nodiscard]] std::vector<Result> measure_calls_cost(const CallsCostOptions& options);
/// Measures the same for another line-up. Returns "services.LINEUP.cost.CALLS.*".
[[nodiscard]] std::vector<Result> measure_line_up_cost(const LineUp& line_up, const CallsCostOptions& options);

}  // namespace offhook::bench
