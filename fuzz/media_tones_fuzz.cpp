// The input is samples for each detector of tones. Checks that each detector reports only its own kinds of events, in order, and not too
// often. The first octet selects the country, and the number of repetitions of the samples, so that a short seed can contain a cadence.
#include <offhook/media/detect/dtmf_detector.hpp>
#include <offhook/media/detect/progress_detector.hpp>
#include <offhook/media/detect/signal_tone_detector.hpp>
#include <offhook/media/dsp/tones.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

using namespace offhook;

namespace {

using Frame = std::span<const std::int16_t, media::kDtmfFrame>;

void digits(const std::vector<std::int16_t>& pcm) {
  media::DtmfDetector detector;
  bool sounding = false;
  std::uint64_t last = 0;
  for (std::size_t at = 0; at < pcm.size(); at += media::kDtmfFrame) {
    detector.hear(Frame(pcm.data() + at, media::kDtmfFrame));
    while (const auto digit = detector.poll()) {
      const bool is_key = media::dtmf_frequencies(digit->digit).has_value();
      if (!is_key || digit->ended != sounding || digit->at < last || digit->at > at + media::kDtmfFrame) std::abort();
      sounding = !digit->ended;
      last = digit->at;
    }
    if (sounding != detector.sounding().has_value()) std::abort();
  }
}

void progress(const std::vector<std::int16_t>& pcm, media::Country country) {
  media::ProgressDetector detector(country);
  std::size_t told = 0;
  for (std::size_t at = 0; at < pcm.size(); at += media::kDtmfFrame) {
    const auto tone = detector.hear(Frame(pcm.data() + at, media::kDtmfFrame));
    if (tone && tone != detector.sounding()) std::abort();
    told += tone.has_value();
  }
  if (told > pcm.size() / 1600) std::abort();  // A detector needs at least 200 ms for an event.
}

void signals(const std::vector<std::int16_t>& pcm) {
  media::SignalToneDetector detector;
  std::size_t told = 0;
  for (std::size_t at = 0; at < pcm.size(); at += media::kDtmfFrame) {
    const auto tone = detector.hear(Frame(pcm.data() + at, media::kDtmfFrame));
    if (tone && !(tone->hz >= 500 && tone->hz <= 2200)) std::abort();
    told += tone.has_value();
  }
  if (told > pcm.size() / 800) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const auto country = static_cast<media::Country>(data[0] % media::kCountries);
  const std::size_t frames = std::min<std::size_t>((size - 1) / (2 * media::kDtmfFrame) + 1, 400), times = 1 + data[0] / 32;
  std::vector<std::int16_t> once(frames * media::kDtmfFrame), pcm;
  if (size > 1) std::memcpy(once.data(), data + 1, std::min(size - 1, 2 * once.size()));
  for (std::size_t i = 0; i < times; ++i) pcm.insert(pcm.end(), once.begin(), once.end());
  digits(pcm);
  progress(pcm, country);
  signals(pcm);
  return 0;
}
