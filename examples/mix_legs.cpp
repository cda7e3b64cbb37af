// Mixes two recordings of 8, 16 or 24 kHz, as a third member of the call would hear them:     mix_legs A.wav B.wav BOTH.wav
#include <offhook/media/dsp/level.hpp>
#include <offhook/media/dsp/mix.hpp>
#include <offhook/media/dsp/resample.hpp>
#include <offhook/media/files/wav.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <vector>

namespace media = offhook::media;

constexpr std::uint32_t kRate = 16000;

// A leg: its samples in frames of 20 ms, at the rate of the mix.
class Leg {
 public:
  Leg(std::vector<std::int16_t> pcm, std::uint32_t rate_hz) : pcm_(std::move(pcm)), frame_(rate_hz / 50), to_mix_(rate_hz, kRate) {
    pcm_.resize((pcm_.size() + frame_ - 1) / frame_ * frame_);
  }
  bool speaks() const { return at_ < pcm_.size(); }
  void next(std::span<std::int16_t> out) {
    if (!speaks()) return std::fill(out.begin(), out.end(), std::int16_t{0});
    to_mix_.process(std::span<const std::int16_t>(pcm_).subspan(at_, frame_), out);
    at_ += frame_;
  }

 private:
  std::vector<std::int16_t> pcm_;
  std::size_t frame_, at_ = 0;
  media::Resampler to_mix_;
};

std::optional<Leg> open(const char* name) {
  std::ifstream file(name, std::ios::binary);
  const std::vector<std::uint8_t> octets{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto wav = media::parse_wav(octets);
  if (!wav) return std::printf("%s: %s\n", name, std::string(to_string(wav.error())).c_str()), std::nullopt;
  if (wav->format.rate_hz != 8000 && wav->format.rate_hz != 16000 && wav->format.rate_hz != 24000)
    return std::printf("%s: the rate is not 8, 16 or 24 kHz\n", name), std::nullopt;
  return Leg(wav->channel(), wav->format.rate_hz);
}

int main(int argc, char** argv) {
  if (argc != 4) return std::printf("usage: mix_legs A.wav B.wav BOTH.wav\n"), 2;
  auto first = open(argv[1]), second = open(argv[2]);
  if (!first || !second) return 1;

  media::Mixer mixer(kRate / 50, 2);
  std::vector<std::int16_t> mixed, a(kRate / 50), b(kRate / 50);
  while (first->speaks() || second->speaks()) {
    first->next(a);
    second->next(b);
    mixer.begin();
    static_cast<void>(mixer.speak(a));
    static_cast<void>(mixer.speak(b));
    mixer.mix();
    const auto both = mixer.heard(media::Mixer::kEveryone);
    mixed.insert(mixed.end(), both.begin(), both.end());
  }
  const auto wav = media::write_wav({.rate_hz = kRate}, mixed);
  std::ofstream(argv[3], std::ios::binary).write(reinterpret_cast<const char*>(wav.data()), static_cast<std::streamsize>(wav.size()));
  std::printf("%.2f s at %d dBov\n", static_cast<double>(mixed.size()) / kRate, media::level_dbov(mixed));
}
