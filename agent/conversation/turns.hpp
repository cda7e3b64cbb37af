#pragma once

#include <offhook/base/time.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::agent {

/// Who has the floor on the caller's side: from the first voiced frame to the end of the turn. Pure; fed with what the media
/// worker detects. A short pause does not end a turn; speech that goes on after we took the turn for over reopens it.
class CallerTurn {
 public:
  enum class State { Quiet, Speaking, Pausing, Recognising };
  enum class Step { None, Began, Resumed, Ended };

  explicit CallerTurn(base::Duration end_of_turn) : end_of_turn_(end_of_turn) {}

  /// Began: a new turn; Resumed: the pause was only a breath.
  [[nodiscard]] Step on_speech_started(base::TimePoint now);
  /// `silent_for`: how long the caller had been silent when the detector said so.
  void on_speech_stopped(base::Duration silent_for, base::TimePoint now);
  /// Ended: ask the listener for the final transcript.
  [[nodiscard]] Step on_time(base::TimePoint now);
  void on_recognised() { enter(State::Quiet); }
  void reset() { enter(State::Quiet); }

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool speaking() const { return state_ == State::Speaking || state_ == State::Pausing; }
  /// From the turn's first voiced frame to its last.
  [[nodiscard]] base::Duration spoken_for() const { return stopped_at_ - started_at_; }
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return end_at_; }

 private:
  void enter(State next);

  base::Duration end_of_turn_;
  State state_ = State::Quiet;
  base::TimePoint started_at_{}, stopped_at_{};
  std::optional<base::TimePoint> end_at_;
};

}  // namespace offhook::inline v0::agent
