#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::agent {

/// The two parties that can pause a recording.
enum class Pauser : std::uint8_t { Model, Operator };

enum class RecordingState : std::uint8_t {
  Recording,
  Paused,   ///< the file gets silence
  Stopped,  ///< the recording has ended
  Failed,   ///< the file could not be created, or could not be completed
};

/// Returns "model" or "operator".
[[nodiscard]] std::string_view to_string(Pauser by);
/// Returns "recording", "paused", "stopped" or "failed".
[[nodiscard]] std::string_view to_string(RecordingState state);

/// The result of an order to pause or resume a recording, and the state after it.
struct PauseResult {
  RecordingState state = RecordingState::Recording;
  bool changed = false;      ///< false if the order repeats the last order of the same party, or if the recording has ended
  bool by_model = false, by_operator = false;  ///< true while this party's pause lasts

  [[nodiscard]] bool is_over() const { return state == RecordingState::Stopped || state == RecordingState::Failed; }
};

}  // namespace offhook::inline v0::agent
