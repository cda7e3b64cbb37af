#pragma once

#include <offhook/bench/line_up.hpp>
#include <offhook/bench/turn_calls.hpp>

namespace offhook::bench {

struct LineUpTurnsOptions {
  AiPrograms programs;
  TurnsPlan plan = {10, 8, 4};
};

/// What a caller waits for over what the services of a line-up take: "services.LINEUP.turn.*", "greeting_ms" and "interrupt_ms" of the same.
/// Files in the folder begin with "services.LINEUP". Throws std::runtime_error.
[[nodiscard]] std::vector<Result> measure_line_up_turns(const LineUp& line_up, const LineUpTurnsOptions& options);

}  // namespace offhook::bench
