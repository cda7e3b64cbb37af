#include <offhook/agent/providers/spoken_utterance.hpp>

#include <utility>

namespace offhook::inline v0::agent {

bool SpokenUtterance::is_blank() const { return text_.find_first_not_of(" \t\r\n") == std::string::npos; }

void SpokenUtterance::finish() {
  decoder_.finish(pcm_);
  over_ = true;
}

void SpokenUtterance::fail(std::string why, FailureKind kind) {
  over_ = true;
  failure_ = SpeakFailed{utterance_, std::move(why), kind};
}

/// Returns the new audio with the words in it, so that after an interruption the conversation knows which words the caller heard.
std::optional<SpeechAudio> SpokenUtterance::take_audio() {
  if (!pcm_.empty() && !words_) {
    words_.emplace(decoder_.rate_hz());
    words_->add_text(text_ + ' ');  // The whole text is known: the blank completes the last word.
  }
  if (!words_) return std::nullopt;
  words_->add_samples(pcm_.size());
  if (over_) words_->finish(!failure_);
  SpeechAudio audio{utterance_, std::exchange(pcm_, {}), words_->take(), decoder_.rate_hz()};
  if (audio.pcm.empty() && audio.words.empty()) return std::nullopt;
  return audio;
}

std::optional<SpeakEvent> SpokenUtterance::poll() {
  if (spoken_) return std::nullopt;
  if (auto audio = take_audio()) return std::move(*audio);
  if (!over_) return std::nullopt;
  spoken_ = true;
  if (failure_) return std::move(*failure_);
  return SpeechDone{utterance_};
}

}  // namespace offhook::inline v0::agent
