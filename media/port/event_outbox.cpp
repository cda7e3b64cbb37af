#include <offhook/media/port/event_outbox.hpp>

#include <algorithm>

namespace offhook::inline v0::media {

EventOutbox::Concern EventOutbox::concern(MediaEvent::Kind kind) {
  using Kind = MediaEvent::Kind;
  switch (kind) {
    case Kind::Sent: return Concern::Word;
    case Kind::UtteranceSent: return Concern::Utterance;
    case Kind::Flushed: return Concern::Flush;
    case Kind::SpeechStarted:
    case Kind::SpeechStopped: return Concern::Speech;
    case Kind::MediaStarted:
    case Kind::MediaLost:
    case Kind::MediaBack: return Concern::Media;
    case Kind::Tone: return Concern::Tone;
    case Kind::Digit: return Concern::Digit;
  }
  return Concern::Word;
}

void EventOutbox::push(const MediaEvent& event) {
  retry();
  if (count_ == 0 && port_->events.try_push(event)) return;
  if (concern(event.kind) == Concern::Word) return count_dropped();
  keep(event);
}

void EventOutbox::retry() {
  std::size_t sent = 0;
  while (sent < count_ && port_->events.try_push(waiting_[sent])) ++sent;
  if (sent == 0) return;
  std::copy(waiting_.begin() + static_cast<std::ptrdiff_t>(sent), waiting_.begin() + static_cast<std::ptrdiff_t>(count_), waiting_.begin());
  count_ -= sent;
}

void EventOutbox::keep(const MediaEvent& event) {
  const auto same = [&](const MediaEvent& other) { return concern(other.kind) == concern(event.kind); };
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count_);
  const bool is_digit = event.kind == MediaEvent::Kind::Digit;
  if (is_digit && static_cast<std::size_t>(std::count_if(waiting_.begin(), end, same)) == kMaxDigits) return count_dropped();
  const auto older = is_digit ? end : std::find_if(waiting_.begin(), end, same);
  if (older != end) {
    forget(static_cast<std::size_t>(older - waiting_.begin()));
    count_dropped();
  }
  waiting_[count_++] = event;  // There is space for kMaxDigits digits and one event of each other concern.
}

void EventOutbox::forget(std::size_t index) {
  std::copy(waiting_.begin() + static_cast<std::ptrdiff_t>(index) + 1, waiting_.begin() + static_cast<std::ptrdiff_t>(count_),
            waiting_.begin() + static_cast<std::ptrdiff_t>(index));
  --count_;
}

}  // namespace offhook::inline v0::media
