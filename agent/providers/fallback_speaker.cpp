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
  now_ = now;
  if (waiting_.empty() || failed_) return silent_since_.reset();
  if (!silent_since_) silent_since_ = now;
  if (now < *silent_since_ + patience_ + still_heard()) return;
  is_slow_ = !speaks_;
  pass_on(is_slow_ ? "no sound came in time" : "the rest of a sentence did not come in time", FailureKind::Timeout);
}

/// Returns how long the caller hears earlier audio after the moment at which the first voice fell silent. The result is at most four fifths of
/// patience_: after a longer wait, the conversation would give up on both voices.
base::Duration FallbackSpeaker::still_heard() const {
  return std::clamp<base::Duration>(heard_until_ - *silent_since_, base::Duration::zero(), patience_ * 4 / 5);
}

/// Gives all waiting utterances to the second voice: it must speak them all, so that they stay in order.
void FallbackSpeaker::pass_on(std::string why, FailureKind kind) {
  if (report_failure_) report_failure_({Stage::Speak, {}, {}, std::move(why), kind});
  failed_ = true;
  speaks_ = false;
  first_->cancel();
  for (HalfSpoken& each : waiting_) second_->speak(each.id(), each.go_on());
}

void FallbackSpeaker::speak(std::uint32_t utterance, std::string_view text) {
  if (waiting_.empty()) failed_ = is_slow_;
  waiting_.emplace_back(utterance, std::string(text));
  (failed_ ? second_ : first_)->speak(utterance, text);
}

void FallbackSpeaker::cancel() {
  waiting_.clear();
  speaks_ = false;
  heard_until_ = {};
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
    if (!audio->pcm.empty()) {
      speaks_ = true;
      heard_until_ = std::max(heard_until_, now_) + base::duration_of(audio->pcm.size(), audio->rate_hz);
    }
    silent_since_.reset();
    return event;
  }
  if (it == waiting_.end()) return event;
  if (auto* gone = std::get_if<SpeakFailed>(&event); gone != nullptr && !failed_) {
    pass_on(std::move(gone->why), gone->kind);
    return std::nullopt;
  }
  auto last = it->last_words();
  waiting_.erase(it);
  speaks_ = false;
  silent_since_.reset();
  if (!last || std::holds_alternative<SpeakFailed>(event)) return event;
  own_ = std::move(event);
  return std::move(*last);
}

std::vector<Retry> FallbackSpeaker::take_retries() {
  std::vector<Retry> all = first_->take_retries();
  for (Retry& retry : second_->take_retries()) all.push_back(std::move(retry));
  return all;
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
