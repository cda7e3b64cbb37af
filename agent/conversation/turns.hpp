#pragma once

#include <offhook/base/time.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::agent {

/// Time since the engine's origin, by the media worker's ticks. A length of voice is a difference of two such times, so that it does not
/// depend on when the conversation thread reads the worker's reports.
using MediaTime = base::Duration;

/// The caller's turn, from its first voiced frame to its end, as the media worker detects voice. A short pause does not end a turn. If speech
/// continues after the end was detected, the turn reopens. Pure: no I/O, no clock.
class CallerTurn {
 public:
  enum class State { Quiet, Speaking, Pausing, Recognising };
  enum class Step { None, Began, Resumed, Ended };

  explicit CallerTurn(base::Duration end_of_turn) : end_of_turn_(end_of_turn) {}

  /// Returns Began for a new turn, and Resumed if the pause was too short to end the turn.
  [[nodiscard]] Step on_speech_started(MediaTime at);
  /// `at` is the time of the detector's report, and `silent_for` is the length of the silence by then.
  void on_speech_stopped(MediaTime at, base::Duration silent_for, base::TimePoint now);
  /// Returns Ended at the end of the turn: the listener must then give the final transcript.
  [[nodiscard]] Step on_time(base::TimePoint now);
  void on_recognised() { enter(State::Quiet); }
  void reset() { enter(State::Quiet); }

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool speaking() const { return state_ == State::Speaking || state_ == State::Pausing; }
  /// Returns the time from the detection of the turn's voice to its last voiced frame.
  [[nodiscard]] base::Duration spoken_for() const { return stopped_at_ - started_at_; }
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return end_at_; }

 private:
  void enter(State next);

  base::Duration end_of_turn_;
  State state_ = State::Quiet;
  MediaTime started_at_{}, stopped_at_{};
  std::optional<base::TimePoint> end_at_;
};

}  // namespace offhook::inline v0::agent
