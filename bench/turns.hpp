#pragma once

#include <offhook/bench/ai_side.hpp>
#include <offhook/bench/harness.hpp>

namespace offhook::bench {

struct TurnsOptions {
  AiPrograms programs;
  std::size_t calls = 10, turns = 20;  ///< turns of each call, the greeting not counted
  std::size_t interrupt_every = 5;     ///< so many-th turn interrupts the reply to the one before it
  int interruption_ms = 0;             ///< /agent/limits/interruption_ms; 0: the agent's own
};

/// What a caller waits for over what the model takes: `calls` calls at once over SIP and RTP on loopback, the Realtime simulator behind
/// TLS, all measured in the callers' recordings. Writes turns.json. Throws std::runtime_error.
[[nodiscard]] std::vector<Result> measure_turns(const TurnsOptions& options);

}  // namespace offhook::bench
