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
  if (waiting_.empty() || waiting_.front().begun || failed_) return silent_since_.reset();
  if (!silent_since_) silent_since_ = now;
  if (now - *silent_since_ < patience_) return;
  is_slow_ = true;
  pass_on();
}

/// The order of utterances is kept: all that waits goes to the other voice.
void FallbackSpeaker::pass_on() {
  failed_ = true;
  first_->cancel();
  for (const Waiting& each : waiting_) second_->speak(each.utterance, each.text);
}

void FallbackSpeaker::speak(std::uint32_t utterance, std::string_view text) {
  if (waiting_.empty()) failed_ = is_slow_;
  waiting_.push_back({utterance, std::string(text)});
  (failed_ ? second_ : first_)->speak(utterance, text);
}

void FallbackSpeaker::cancel() {
  waiting_.clear();
  silent_since_.reset();
  first_->cancel();
  second_->cancel();
}

std::optional<SpeakEvent> FallbackSpeaker::note(SpeakEvent event, const Speaker& from) {
  if (auto* audio = std::get_if<SpeechAudio>(&event)) {
    if (audio->rate_hz == 0) audio->rate_hz = from.rate_hz();
    for (Waiting& each : waiting_) each.begun = each.begun || each.utterance == audio->utterance;
    return event;
  }
  const auto utterance = std::visit([](const auto& e) { return e.utterance; }, event);
  const auto it = std::find_if(waiting_.begin(), waiting_.end(), [utterance](const Waiting& each) { return each.utterance == utterance; });
  if (it == waiting_.end()) return event;
  if (!std::holds_alternative<SpeakFailed>(event) || it->begun || failed_) {
    waiting_.erase(it);
    silent_since_.reset();
    return event;
  }
  pass_on();
  return std::nullopt;
}

std::optional<SpeakEvent> FallbackSpeaker::poll() {
  while (auto event = first_->poll()) {
    if (auto passed = note(std::move(*event), *first_)) return passed;
  }
  while (auto event = second_->poll()) {
    if (auto passed = note(std::move(*event), *second_)) return passed;
  }
  return std::nullopt;
}

}  // namespace offhook::inline v0::agent
