#include <offhook/agent/providers/turn_audio.hpp>

#include <offhook/agent/conversation/rate_converter.hpp>
#include <offhook/media/detect/voice_activity.hpp>

namespace offhook::inline v0::agent {

void TurnAudio::begin(std::uint32_t rate_hz) {
  clear();
  rate_hz_ = rate_hz;
}

void TurnAudio::append(std::span<const std::int16_t> pcm) {
  const std::size_t most = kMaxSeconds * rate_hz_;
  pcm_.insert(pcm_.end(), pcm.begin(), pcm.end());
  // Remove a second at a time: each removal moves the rest.
  if (pcm_.size() > most + rate_hz_) pcm_.erase(pcm_.begin(), pcm_.end() - static_cast<std::ptrdiff_t>(most));
}

std::vector<std::int16_t> TurnAudio::at(std::uint32_t rate_hz) const {
  if (rate_hz == rate_hz_) return pcm_;
  std::vector<std::int16_t> converted;
  RateConverter converter(rate_hz_, rate_hz);
  converter.process(pcm_, converted);
  converter.finish(converted);
  return converted;
}

bool TurnAudio::has_voice(base::Duration least) const {
  constexpr std::uint32_t kRateHz = 16000;
  constexpr std::size_t kFrame = kRateHz / 50;
  const std::vector<std::int16_t> pcm = at(kRateHz);
  media::VoiceActivity activity(kRateHz);
  base::Duration voiced{};
  for (std::size_t begin = 0; begin + kFrame <= pcm.size() && voiced < least; begin += kFrame) {
    if (activity.process(std::span(pcm).subspan(begin, kFrame))) voiced += std::chrono::milliseconds(20);
  }
  return voiced >= least;
}

void TurnAudio::clear() {
  pcm_.clear();
  if (pcm_.capacity() > 4 * rate_hz_) pcm_.shrink_to_fit();  // Long turns are rare, so free the memory of one.
}

}  // namespace offhook::inline v0::agent
