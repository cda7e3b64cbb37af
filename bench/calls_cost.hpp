#pragma once

#include <offhook/bench/ai_side.hpp>
#include <offhook/bench/result.hpp>
#include <offhook/bench/line_up.hpp>

#include <vector>

namespace offhook::bench {

struct CallsCostOptions {
  AiPrograms programs;
  std::size_t calls = 200;
  int seconds = 30;  ///< how long they are watched, all being up
};

/// What AI calls cost the agent: so many at once, each with its own WebSocket over TLS to the Realtime simulator in another process, and
/// with a caller in this one who speaks half of the time, the model the other half. "cost.CALLS.*". Throws std::runtime_error.
[[nodiscard]] std::vector<Result> measure_calls_cost(const CallsCostOptions& options);
/// The same of another line-up: "services.LINEUP.cost.CALLS.*".
[[nodiscard]] std::vector<Result> measure_line_up_cost(const LineUp& line_up, const CallsCostOptions& options);

}  // namespace offhook::bench
