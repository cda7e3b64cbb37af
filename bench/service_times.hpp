#pragma once

#include <offhook/bench/turn_times.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace offhook::bench {

/// One thing that a simulated service did for a turn, by the monotonic clock.
struct Served {
  enum class What : std::uint8_t { Heard, Answered, Spoken };
  What what{};
  std::string key;                  ///< what it is about: the first word of the caller's text, or of the reply, in small letters
  std::int64_t asked_us = 0;        ///< when it had all that it needed
  std::int64_t due_us = 0;          ///< when its scenario has it begin to answer
  std::int64_t last_voiced_us = 0;  ///< Heard: when the caller's last voiced audio came in; 0: the turn came as a whole
};
/// From the logs of all simulators of a line-up, whatever each calls it, in the order of `asked_us`.
[[nodiscard]] std::vector<Served> served(const std::vector<nlohmann::json>& log);

/// Turns, put together from what was heard, answered and spoken with one key. What `asked_us` to `due_us` holds is the services' own,
/// and so is `pause_us`, the silence that ends a turn; the rest is ours. Where nobody outside heard (the embedded recogniser), a turn
/// begins with its question to the model, and what the recogniser took is on the way up.
[[nodiscard]] std::vector<SimTurn> served_turns(const std::vector<Served>& served, std::int64_t pause_us);

/// Turns of a model that hears and speaks, as the Realtime simulator logs them: from the end of the turn on it is the model's time.
[[nodiscard]] std::vector<SimTurn> talked_turns(const std::vector<nlohmann::json>& log, std::int64_t pause_us);

}  // namespace offhook::bench
