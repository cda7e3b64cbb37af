#pragma once

#include <offhook/bench/turn_times.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace offhook::bench {

/// One step that a simulated service did for a turn. Times are of the monotonic clock.
struct Served {
  enum class What : std::uint8_t { Heard, Answered, Spoken };
  What what{};
  std::string key;                  ///< identifies the turn: the first word of the caller's text, or of the reply, in lower case
  std::int64_t asked_us = 0;        ///< when the service had all the input that it needed
  std::int64_t due_us = 0;          ///< when the service began to answer, according to its scenario
  std::int64_t last_voiced_us = 0;  ///< Heard: arrival of the caller's last voiced audio; 0: the service got the turn as a whole
};
/// Reads the steps from the logs of all simulators of a line-up, in the order of `asked_us`.
[[nodiscard]] std::vector<Served> served(const std::vector<nlohmann::json>& log);

/// Combines the steps Heard, Answered and Spoken with one key into turns. The services' part of a turn is the time from `asked_us` to `due_us` of
/// each step, and `pause_us`, the silence that ends a turn. The rest is Offhook's part. If no simulator heard the caller (embedded recogniser), a
/// turn begins with the request to the model, and the recogniser's time belongs to the way up.
[[nodiscard]] std::vector<SimTurn> served_turns(const std::vector<Served>& served, std::int64_t pause_us);

/// Reads the turns of a model that hears and speaks from the simulator's log. The time after the end of the turn is the model's.
[[nodiscard]] std::vector<SimTurn> talked_turns(const std::vector<nlohmann::json>& log, std::int64_t pause_us);

}  // namespace offhook::bench
