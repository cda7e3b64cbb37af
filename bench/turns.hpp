#pragma once

#include <offhook/bench/turn_calls.hpp>

namespace offhook::bench {

struct TurnsOptions {
  AiPrograms programs;
  TurnsPlan plan = {};
  int interruption_ms = 0;  ///< /agent/limits/interruption_ms; 0: the agent's own
};

/// What a caller waits for over what the model takes: `calls` calls at once over SIP and RTP on loopback, the Realtime simulator behind
/// TLS, all measured in the callers' recordings. Writes turns.json. Throws std::runtime_error.
[[nodiscard]] std::vector<Result> measure_turns(const TurnsOptions& options);

}  // namespace offhook::bench
