#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::agent::recordings {

/// Who may keep what is said out of a recording.
enum class Pauser : std::uint8_t { Model, Operator };

enum class RecordingState : std::uint8_t {
  Recording,
  Paused,   ///< silence goes into the file
  Stopped,  ///< nothing is recorded any more
  Failed,   ///< no file could be made, or it could not be ended
};

/// "model", "operator"
[[nodiscard]] std::string_view to_string(Pauser by);
/// "recording", "paused", "stopped", "failed"
[[nodiscard]] std::string_view to_string(RecordingState state);

/// What came of an order to pause a recording, or to go on, and what holds then.
struct PauseResult {
  RecordingState state = RecordingState::Recording;
  bool changed = false;      ///< who ordered it had not ordered the same before; never of a recording that is over
  bool by_model = false, by_operator = false;  ///< who wants silence

  [[nodiscard]] bool is_over() const { return state == RecordingState::Stopped || state == RecordingState::Failed; }
};

}  // namespace offhook::inline v0::agent::recordings
