#include <offhook/agent/conversation/pause_result.hpp>

namespace offhook::inline v0::agent {

std::string_view to_string(Pauser by) {
  switch (by) {
    case Pauser::Model: return "model";
    case Pauser::Operator: return "operator";
  }
  return "";
}

std::string_view to_string(RecordingState state) {
  switch (state) {
    case RecordingState::Recording: return "recording";
    case RecordingState::Paused: return "paused";
    case RecordingState::Stopped: return "stopped";
    case RecordingState::Failed: return "failed";
  }
  return "";
}

}  // namespace offhook::inline v0::agent
