#pragma once

#include <offhook/bench/ai_side.hpp>
#include <offhook/bench/result.hpp>
#include <offhook/bench/turn_times.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace offhook::bench {

/// The numbers of callers and turns.
struct TurnsPlan {
  std::size_t calls = 10, turns = 20;  ///< turns: number of turns of each call, without the greeting
  std::size_t interrupt_every = 5;     ///< every interrupt_every-th turn interrupts the reply before it
};

/// The results of all turns, in milliseconds.
struct TurnFigures {
  std::vector<double> added, recorded_added, whole, model, up, between, down, compute, greeting, interrupt, buffered;
  std::size_t turns = 0, unmatched = 0;
  double cpu_ms = 0;
  std::map<std::string, double> threads_ms;
};

/// Runs the calls with an agent that is ready, and then ends the agent. After all calls have ended, `model` returns the turns that the
/// simulators logged. A simulator's turn starts at most `farthest_us` after the caller's turn. Throws std::runtime_error.
[[nodiscard]] TurnFigures hold_turns(const TurnsPlan& plan, AiAgent& agent, std::uint16_t registrar_port, const std::function<std::vector<SimTurn>()>& model,
                                     std::int64_t farthest_us = kFarthestUs);

/// Adds one row with the median and one with the 95th percentile.
void add_rows(std::vector<Result>& rows, const std::string& name, const std::vector<double>& values);
/// Returns the rows of all figures except `between`. Their names start with `prefix`.
[[nodiscard]] std::vector<Result> rows_of(const TurnFigures& figures, const std::string& prefix);

}  // namespace offhook::bench
