#include <offhook/bench/key_callers.hpp>

namespace offhook::bench {

std::shared_ptr<media::AudioPort> KeyCallers::add(std::optional<base::TimePoint> press_at) {
  const std::lock_guard lock(mutex_);
  Caller& caller = callers_.emplace_back();
  caller.press_at = press_at;
  caller.port->rate_hz = 8000;
  caller.port->gives_way = caller.port->guards_echo = false;
  return caller.port;
}

void KeyCallers::ask(base::TimePoint begin, base::Duration span) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < callers_.size(); ++i) {
    callers_[i].press_at = begin + span * i / callers_.size();
    callers_[i].pressed_at.reset();
    callers_[i].answered_at.reset();
  }
}

void KeyCallers::poll(base::TimePoint now) {
  const std::lock_guard lock(mutex_);
  for (Caller& caller : callers_) poll(caller, now);
}

void KeyCallers::poll(Caller& caller, base::TimePoint now) {
  media::HeardFrame frame;
  while (caller.port->heard.try_pop(frame)) {
    caller.tick = frame.tick;
    const bool waits = caller.pressed_at && !caller.answered_at && frame.tick - *caller.pressed_at < kPatienceTicks;
    if (waits && frame.speech) caller.answered_at = frame.tick;
  }
  media::MediaEvent event;
  while (caller.port->events.try_pop(event)) {
  }
  if (!caller.press_at || now < *caller.press_at) return;
  caller.press_at.reset();
  caller.pressed_at = caller.tick;
  for (const char key : {'1', '#'}) (void)caller.port->commands.try_push({media::PlayoutCommand::Kind::Digits, 0, key});
}

KeyCallers::Answers KeyCallers::answers() const {
  constexpr double kTickMs = 20;
  const std::lock_guard lock(mutex_);
  Answers answers;
  for (const Caller& caller : callers_) {
    if (!caller.pressed_at) continue;
    ++answers.asked;
    if (caller.answered_at) answers.ms.push_back(kTickMs * static_cast<double>(*caller.answered_at - *caller.pressed_at));
  }
  return answers;
}

}  // namespace offhook::bench
