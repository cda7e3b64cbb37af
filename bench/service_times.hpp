#pragma once

#include <offhook/bench/turn_times.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace offhook::bench {

/// One step that a simulated service performed for a turn. All times are of the monotonic clock.
struct Served {
  enum class What : std::uint8_t { Heard, Answered, Spoken };
  What what{};
  std::string key;                  ///< identifies the turn: the first word of the caller's text, or of the reply, in lower case
  std::int64_t asked_us = 0;        ///< time at which the service had all the input that it needs
  std::int64_t due_us = 0;          ///< time at which the service started to answer, as its scenario says
  std::int64_t last_voiced_us = 0;  ///< Heard: arrival time of the caller's last voiced audio; 0: the service got the turn as a whole
};
/// Reads the steps from the logs of all simulators of a line-up, in the order of `asked_us`.
[[nodiscard]] std::vector<Served> served(const std::vector<nlohmann::json>& log);

/// Combines the steps Heard, Answered and Spoken that have the same key into turns. The part of the services in a turn is the time from
/// `asked_us` to `due_us` of each step, and `pause_us`, the silence that ends a turn. The remaining time is Offhook's part. If no simulator
/// heard the caller (embedded recogniser), a turn starts with the request to the model, and the time of the recogniser counts as a part of
/// the way from the caller to the model.
[[nodiscard]] std::vector<SimTurn> served_turns(const std::vector<Served>& served, std::int64_t pause_us);

/// Reads the turns of a model that hears and speaks from the log of its simulator. All time after the end of a turn is the model's.
[[nodiscard]] std::vector<SimTurn> talked_turns(const std::vector<nlohmann::json>& log, std::int64_t pause_us);

}  // namespace offhook::bench
