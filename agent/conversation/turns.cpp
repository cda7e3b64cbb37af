#include <offhook/agent/conversation/turns.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

void CallerTurn::enter(State next) {
  state_ = next;
  end_at_.reset();
}

CallerTurn::Step CallerTurn::on_speech_started(MediaTime at) {
  switch (state_) {
    case State::Quiet:
    case State::Recognising:
      started_at_ = stopped_at_ = at;
      enter(State::Speaking);
      return Step::Began;
    case State::Pausing:
      enter(State::Speaking);
      return Step::Resumed;
    case State::Speaking: return Step::None;
  }
  return Step::None;
}

void CallerTurn::on_speech_stopped(MediaTime at, base::Duration silent_for, base::TimePoint now) {
  if (state_ != State::Speaking) return;
  enter(State::Pausing);
  stopped_at_ = std::max(started_at_, at - silent_for);
  end_at_ = now + std::max(base::Duration::zero(), end_of_turn_ - silent_for);
}

CallerTurn::Step CallerTurn::on_time(base::TimePoint now) {
  if (state_ != State::Pausing || !end_at_ || now < *end_at_) return Step::None;
  enter(State::Recognising);
  return Step::Ended;
}

}  // namespace offhook::inline v0::agent
