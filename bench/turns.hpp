#pragma once

#include <offhook/bench/turn_calls.hpp>

namespace offhook::bench {

struct TurnsOptions {
  AiPrograms programs;
  TurnsPlan plan = {};
  int interruption_ms = 0;  ///< /agent/limits/interruption_ms; 0: the agent's default
};

/// Measures the time that callers wait in addition to the time that the model takes. The calls run at once over SIP and RTP on loopback, with the
/// Realtime simulator behind TLS, and are measured in the callers' recordings. Writes turns.json. Throws std::runtime_error.
[[nodiscard]] std::vector<Result> measure_turns(const TurnsOptions& options);

}  // namespace offhook::bench
