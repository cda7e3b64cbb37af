// The input is a sound file that an operator configures for a greeting or for music on hold. Checks that an accepted file becomes a prompt
// with whole frames.
#include <offhook/fuzz/require.hpp>
#include <offhook/media/files/prompt.hpp>

#include <cstdint>

using namespace offhook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto sound = media::read_sound({data, size});
  if (!sound) {
    fuzz::require(!media::to_string(sound.error()).empty());
    return 0;
  }
  fuzz::require(!sound->pcm.empty() && sound->pcm.size() <= media::kMaxSoundSeconds * sound->rate_hz);
  constexpr std::size_t kLongest = 24000;  // in samples; longer sound takes long to convert, and reaches no further code
  if (sound->pcm.size() > kLongest) return 0;
  const auto prompt = media::Prompt::make(*sound, {.loops = true});
  const std::size_t in_frame = sound->rate_hz / 50, frames = (sound->pcm.size() + in_frame - 1) / in_frame;
  fuzz::require(prompt->frames() == frames);
  for (std::size_t i = 0; i < frames; ++i) {
    for (const std::uint32_t rate_hz : {8000U, 16000U, 24000U}) fuzz::require(prompt->pcm(rate_hz, i).size() == rate_hz / 50);
    fuzz::require(prompt->encoded(media::AudioCodec::Pcmu, i).size() == media::Prompt::kOctets);
    fuzz::require(prompt->encoded(media::AudioCodec::Pcma, i).size() == media::Prompt::kOctets);
  }
  return 0;
}
