#include <offhook/bench/legs/voice.hpp>

#include <offhook/media/codec/g711.hpp>
#include <offhook/media/codec/g722.hpp>
#include <offhook/media/codec/l16.hpp>
#include <offhook/media/codec/opus_voice.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <random>
#include <span>
#include <stdexcept>
#include <utility>

namespace offhook::bench {

std::vector<std::int16_t> voice_like(std::uint32_t rate_hz) {
  constexpr double kSeconds = 6.0, kSyllable = 0.24, kPause = 0.9, kPhrase = 2.1;
  std::mt19937 engine(3551);
  std::normal_distribution<double> noise(0, 12);
  const double rate = rate_hz;
  std::vector<std::int16_t> pcm(static_cast<std::size_t>(kSeconds * rate));
  double phase = 0;
  for (std::size_t i = 0; i < pcm.size(); ++i) {
    const double at = static_cast<double>(i) / rate;
    const double in_phrase = std::fmod(at, kPhrase + kPause);
    const double pitch = 120 + 30 * std::sin(2 * std::numbers::pi * at / 1.7);
    phase += 2 * std::numbers::pi * pitch / rate;
    double sample = noise(engine);
    if (in_phrase < kPhrase) {
      const double swell = std::sin(std::numbers::pi * std::fmod(in_phrase, kSyllable) / kSyllable);
      const double formant = 500 + 250 * std::sin(2 * std::numbers::pi * at / 0.48);
      // sin((n + 1) phase) = 2 cos(phase) sin(n phase) - sin((n - 1) phase)
      double before = 0, wave = std::sin(phase);
      const double twice = 2 * std::cos(phase);
      for (int harmonic = 1; harmonic * pitch < 3400; ++harmonic) {
        const double distance = (harmonic * pitch - formant) / 300;
        sample += 2600 * swell * wave / (1 + distance * distance);
        before = std::exchange(wave, twice * wave - before);
      }
    }
    pcm[i] = static_cast<std::int16_t>(std::lround(std::clamp(sample, -30000.0, 30000.0)));
  }
  return pcm;
}

std::vector<std::uint8_t> encoded_voice(media::AudioCodec codec) {
  constexpr std::size_t kFrame = 160;
  const bool wide = codec == media::AudioCodec::G722;
  const auto pcm = voice_like(wide ? 16000 : 8000);
  std::vector<std::uint8_t> octets(wide ? pcm.size() / 2 : pcm.size());
  const bool done = wide ? media::G722Encoder().encode(pcm, octets).has_value() : media::encode_mulaw(pcm, octets).has_value();
  if (!done) throw std::runtime_error("cannot encode the voice");
  octets.resize(octets.size() / kFrame * kFrame);
  return octets;
}

std::vector<std::vector<std::uint8_t>> voice_packets(media::AudioCodec codec) {
  std::vector<std::vector<std::uint8_t>> packets;
  const auto add = [&packets](base::Bytes octets) { packets.emplace_back(octets.begin(), octets.end()); };
  if (codec == media::AudioCodec::Pcmu || codec == media::AudioCodec::G722) {
    const auto octets = encoded_voice(codec);
    for (std::size_t at = 0; at < octets.size(); at += 160) add(base::Bytes(octets).subspan(at, 160));
    return packets;
  }
  constexpr std::size_t kFrame = 320;
  const auto pcm = voice_like(16000);
  media::OpusLegEncoder mouth(16000, {}, 20);
  for (std::size_t at = 0; at + kFrame <= pcm.size(); at += kFrame) {
    const auto frame = std::span(pcm).subspan(at, kFrame);
    if (codec == media::AudioCodec::Opus) {
      mouth.say(frame, [&add](base::Bytes payload, int) { add(payload); });
      continue;
    }
    std::array<std::uint8_t, 2 * kFrame> octets;
    (void)media::encode_l16(frame, octets);
    add(octets);
  }
  return packets;
}

}  // namespace offhook::bench
