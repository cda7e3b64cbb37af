#include <offhook/agent/demo/line_playout.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::demo {

void LinePlayout::pump(std::span<const std::int16_t> pcm, media::AudioPort& port) {
  constexpr std::size_t kSamples = 320;  // 20 ms at 16 kHz
  while (pumped_ < pcm.size()) {
    media::PlayoutFrame frame;
    frame.utterance = utterance_;
    frame.samples = kSamples;
    const auto rest = pcm.subspan(pumped_);
    std::copy_n(rest.begin(), std::min(kSamples, rest.size()), frame.pcm.begin());
    frame.last = rest.size() <= kSamples;
    if (!port.playout.try_push(frame)) return;
    pumped_ += kSamples;
  }
}

}  // namespace offhook::inline v0::agent::demo
