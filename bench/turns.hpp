#pragma once

#include <offhook/bench/turn_calls.hpp>

namespace offhook::bench {

struct TurnsOptions {
  AiPrograms programs;
  TurnsPlan plan = {};
  int interruption_ms = 0;  ///< value of /agent/limits/interruption_ms; 0: the agent's default
};

/// Measures the time that callers wait in addition to the time that the model takes. The calls run at the same time over SIP and RTP on
/// loopback, with the Realtime simulator over TLS. The times are measured in the callers' recordings. Writes turns.json. Throws
/// std::runtime_error.
[[nodiscard]] std::vector<Result> measure_turns(const TurnsOptions& options);

}  // namespace offhook::bench
