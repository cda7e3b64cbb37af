#include <offhook/agent/recordings/call_recording.hpp>

#include <offhook/agent/support/log.hpp>

#include <chrono>
#include <utility>

namespace offhook::inline v0::agent::recordings {

namespace {

template <class Pauses>
auto& of(Pauses& pauses, Pauser by) {
  return pauses[static_cast<std::size_t>(by)];
}

}  // namespace

void CallRecording::Pause::end(base::TimePoint now) {
  if (const auto began = std::exchange(since, std::nullopt)) total += now - *began;
}

PauseResult CallRecording::pause(Pauser by, bool on, base::TimePoint now) {
  const std::lock_guard lock(pausing_);
  PauseResult result;
  Pause& pause = of(pauses_, by);
  if (!tap_->is_finished() && pause.since.has_value() != on) {
    result.changed = true;
    if (on) pause.since = now;
    else pause.end(now);
  }
  result.by_model = of(pauses_, Pauser::Model).since.has_value();
  result.by_operator = of(pauses_, Pauser::Operator).since.has_value();
  tap_->pause(result.by_model || result.by_operator);
  result.state = state();
  log_order(by, on, result);
  return result;
}

/// Logs an order to pause or to resume. A pause is a warning, like the end of a recording, because no speech goes into the file from then on.
/// Call it with the mutex held: the log lines then have the order of the events.
void CallRecording::log_order(Pauser by, bool on, const PauseResult& result) const {
  if (!result.changed && by != Pauser::Operator) return;  // The log already contains each order of the model, as a tool call.
  const bool has_paused = on && result.changed;
  const bool has_resumed = !on && result.changed && result.state == RecordingState::Recording;
  log::write(has_paused ? log::Level::Warning : log::Level::Info,
             has_paused ? "recording.paused" : has_resumed ? "recording.resumed" : "recording.unchanged",
             {{"call", call_},
              {"by", to_string(by)},
              {"order", on ? "pause" : "resume"},
              {"recording", to_string(result.state)}});
}

records::PausedFor CallRecording::paused_for(base::TimePoint now) const {
  const std::lock_guard lock(pausing_);
  const auto wanted = [&](Pauser by) {
    Pause until_now = of(pauses_, by);
    until_now.end(now);
    return std::chrono::ceil<std::chrono::milliseconds>(until_now.total);
  };
  return {.by_model = wanted(Pauser::Model), .by_operator = wanted(Pauser::Operator)};
}

void CallRecording::stop(base::TimePoint now) {
  const std::lock_guard lock(pausing_);
  tap_->finish();
  for (Pause& each : pauses_) each.end(now);
}

RecordingState CallRecording::state() const {
  if (tap_->has_failed()) return RecordingState::Failed;
  if (tap_->is_finished()) return RecordingState::Stopped;
  return tap_->is_paused() ? RecordingState::Paused : RecordingState::Recording;
}

}  // namespace offhook::inline v0::agent::recordings
