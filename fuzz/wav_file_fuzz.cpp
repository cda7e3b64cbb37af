// The input is a file that may be a WAV. Checks that the parser reads only within the file, and that the sound does not change when it is
// written and parsed again.
#include <offhook/fuzz/require.hpp>
#include <offhook/media/files/wav.hpp>

#include <vector>

using namespace offhook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::Bytes file(data, size);
  const auto wav = media::parse_wav(file);
  if (!wav) return 0;
  fuzz::require(wav->samples.empty() || (wav->samples.data() >= data && wav->samples.data() + wav->samples.size() <= data + size));
  fuzz::require(wav->samples.size() == wav->frames() * 2 * wav->format.channels);
  fuzz::require(wav->sample(wav->frames(), 0) == 0 && wav->sample(0, wav->format.channels) == 0);
  std::vector<std::int16_t> pcm;
  for (std::size_t i = 0; i < wav->frames(); ++i) {
    for (std::size_t channel = 0; channel < wav->format.channels; ++channel) pcm.push_back(wav->sample(i, channel));
  }
  const auto copy = media::write_wav(wav->format, pcm);
  const auto again = media::parse_wav(copy);
  fuzz::require(again && again->format == wav->format && again->frames() == wav->frames());
  for (std::size_t channel = 0; channel < wav->format.channels; ++channel) fuzz::require(again->channel(channel) == wav->channel(channel));
  return 0;
}
