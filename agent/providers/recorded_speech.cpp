#include <offhook/agent/providers/recorded_speech.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent {

namespace {

constexpr base::Duration kFrame = std::chrono::milliseconds(20);

}  // namespace

RecordedSpeech::RecordedSpeech(std::shared_ptr<const media::Prompt> sound, std::uint32_t rate_hz, std::string words)
    : sound_(std::move(sound)), rate_hz_(rate_hz), words_(std::move(words)) {}

void RecordedSpeech::speak(std::uint32_t utterance) {
  utterance_ = utterance;
  frame_ = 0;
  told_.reset();
}

std::vector<SpokenWord> RecordedSpeech::placed_words() const {
  if (words_ == kRecordedGreeting) return {{words_, 0}};
  constexpr std::string_view kSpace = " \t\r\n";
  const std::uint64_t samples = std::uint64_t{sound_->frames()} * (rate_hz_ / 50);
  std::vector<SpokenWord> placed;
  for (std::size_t at = words_.find_first_not_of(kSpace); at != std::string::npos;) {
    const std::size_t end = std::min(words_.find_first_of(kSpace, at), words_.size());
    placed.push_back({words_.substr(at, end - at), static_cast<std::uint32_t>(samples * at / words_.size())});
    at = words_.find_first_not_of(kSpace, end);
  }
  return placed;
}

std::optional<SpeakEvent> RecordedSpeech::poll(base::TimePoint now) {
  if (!is_speaking()) return std::nullopt;
  if (frame_ >= sound_->frames()) return SpeechDone{std::exchange(utterance_, 0)};
  const std::size_t end = std::min(frame_ + kFramesAtOnce, sound_->frames());
  const base::Duration piece = static_cast<std::int64_t>(end - frame_) * kFrame;
  if (unheard_ + piece > kLead) {
    if (told_ && now - *told_ < kFramesAtOnce * kFrame) return std::nullopt;
    told_ = now;
    return SpeechAudio{utterance_, {}, {}, rate_hz_};  // Without an event, the conversation would think that the voice has failed.
  }
  SpeechAudio audio{utterance_, {}, frame_ == 0 ? placed_words() : std::vector<SpokenWord>{}, rate_hz_};
  for (; frame_ < end; ++frame_) {
    const auto pcm = sound_->pcm(rate_hz_, frame_);
    audio.pcm.insert(audio.pcm.end(), pcm.begin(), pcm.end());
  }
  unheard_ += piece;
  told_ = now;
  return audio;
}

}  // namespace offhook::inline v0::agent
