#pragma once

#include <offhook/bench/ai_side.hpp>
#include <offhook/bench/result.hpp>
#include <offhook/bench/turn_times.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace offhook::bench {

/// How many callers hold how many turns.
struct TurnsPlan {
  std::size_t calls = 10, turns = 20;  ///< turns of each call, the greeting not counted
  std::size_t interrupt_every = 5;     ///< so many-th turn interrupts the reply to the one before it
};

/// What came of all turns, in milliseconds.
struct TurnFigures {
  std::vector<double> added, recorded_added, whole, model, up, between, down, compute, greeting, interrupt, buffered;
  std::size_t turns = 0, unmatched = 0;
  double cpu_ms = 0;
  std::map<std::string, double> threads_ms;
};

/// Holds the calls with an agent that is ready, and ends it. `model` is asked for what the simulators noted when all is over; a turn of theirs
/// begins `farthest_us` after the caller's at most. Throws std::runtime_error.
[[nodiscard]] TurnFigures hold_turns(const TurnsPlan& plan, AiAgent& agent, std::uint16_t registrar_port, const std::function<std::vector<SimTurn>()>& model,
                                     std::int64_t farthest_us = kFarthestUs);

/// A row of the median and one of the 95th percentile.
void add_rows(std::vector<Result>& rows, const std::string& name, const std::vector<double>& values);
/// Those of all of them but `between`; `prefix` is before their names.
[[nodiscard]] std::vector<Result> rows_of(const TurnFigures& figures, const std::string& prefix);

}  // namespace offhook::bench
