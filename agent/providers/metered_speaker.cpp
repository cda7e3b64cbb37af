#include <offhook/agent/providers/metered_speaker.hpp>

#include <offhook/agent/support/utf8.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

void MeteredSpeaker::speak(std::uint32_t utterance, std::string_view text) {
  asked_.push_back({utterance, count_utf8(text)});
  inner_->speak(utterance, text);
}

void MeteredSpeaker::cancel() {
  asked_.clear();
  inner_->cancel();
}

std::optional<SpeakEvent> MeteredSpeaker::poll() {
  auto event = inner_->poll();
  if (!event) return event;
  if (const auto* gone = std::get_if<SpeakFailed>(&*event); gone != nullptr && report_failure_) std::exchange(report_failure_, {})({Stage::Speak, {}, {}, gone->why, gone->kind});
  const auto utterance = std::visit([](const auto& e) { return e.utterance; }, *event);
  const auto at = std::find_if(asked_.begin(), asked_.end(), [utterance](const Asked& each) { return each.utterance == utterance; });
  if (at == asked_.end()) return event;
  if (const auto* audio = std::get_if<SpeechAudio>(&*event)) {
    if (audio->pcm.empty() || at->untold_characters == 0) return event;
    ServiceUse use;
    use.characters = std::exchange(at->untold_characters, 0);
    if (report_use_) report_use_(std::move(use));
  } else {
    asked_.erase(at);
  }
  return event;
}

}  // namespace offhook::inline v0::agent
