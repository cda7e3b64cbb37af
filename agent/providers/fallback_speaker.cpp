#include <offhook/agent/providers/fallback_speaker.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent {

void FallbackSpeaker::open(const SessionContext& context) {
  first_->open(context);
  second_->open(context);
}

void FallbackSpeaker::tick(base::TimePoint now) {
  first_->tick(now);
  second_->tick(now);
  if (waiting_.empty() || failed_) return silent_since_.reset();
  if (!silent_since_) silent_since_ = now;
  if (now - *silent_since_ < patience_) return;
  is_slow_ = true;
  pass_on();
}

/// The order of utterances is kept: all that waits goes to the other voice.
void FallbackSpeaker::pass_on() {
  failed_ = true;
  first_->cancel();
  for (HalfSpoken& each : waiting_) second_->speak(each.id(), each.go_on(second_->rate_hz()));
}

void FallbackSpeaker::speak(std::uint32_t utterance, std::string_view text) {
  if (waiting_.empty()) failed_ = is_slow_;
  Speaker& voice = failed_ ? *second_ : *first_;
  waiting_.emplace_back(utterance, std::string(text), voice.rate_hz());
  voice.speak(utterance, text);
}

void FallbackSpeaker::cancel() {
  waiting_.clear();
  own_.reset();
  silent_since_.reset();
  first_->cancel();
  second_->cancel();
}

std::optional<SpeakEvent> FallbackSpeaker::note(SpeakEvent event, const Speaker& from) {
  const auto utterance = std::visit([](const auto& e) { return e.utterance; }, event);
  const auto it = std::find_if(waiting_.begin(), waiting_.end(), [utterance](const HalfSpoken& each) { return each.id() == utterance; });
  if (auto* audio = std::get_if<SpeechAudio>(&event)) {
    if (audio->rate_hz == 0) audio->rate_hz = from.rate_hz();
    if (it != waiting_.end()) it->hear(*audio);
    silent_since_.reset();
    return event;
  }
  if (it == waiting_.end()) return event;
  if (std::holds_alternative<SpeakFailed>(event) && !failed_) {
    pass_on();
    return std::nullopt;
  }
  auto last = it->last_words();
  waiting_.erase(it);
  silent_since_.reset();
  if (!last || std::holds_alternative<SpeakFailed>(event)) return event;
  own_ = std::move(event);
  return std::move(*last);
}

std::optional<SpeakEvent> FallbackSpeaker::poll() {
  if (own_) return std::exchange(own_, std::nullopt);
  while (auto event = first_->poll()) {
    if (auto passed = note(std::move(*event), *first_)) return passed;
  }
  while (auto event = second_->poll()) {
    if (auto passed = note(std::move(*event), *second_)) return passed;
  }
  return std::nullopt;
}

}  // namespace offhook::inline v0::agent
