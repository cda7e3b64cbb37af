#pragma once

#include <offhook/bench/line_up.hpp>
#include <offhook/bench/turn_calls.hpp>

namespace offhook::bench {

struct LineUpTurnsOptions {
  AiPrograms programs;
  TurnsPlan plan = {10, 8, 4};
};

/// Measures the time that callers wait in addition to the time that the services take. Returns "services.LINEUP.turn.*", and "greeting_ms"
/// and "interrupt_ms" of the same line-up. The names of its files start with "services.LINEUP". Throws std::runtime_error.
[[nodiscard]] std::vector<Result> measure_line_up_turns(const LineUp& line_up, const LineUpTurnsOptions& options);

}  // namespace offhook::bench
