#include <offhook/bench/subjects.hpp>

#include <offhook/media/dsp/mix.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <span>
#include <string>

namespace offhook::bench {

namespace {

constexpr std::size_t kSamples = 320;  // 20 ms at 16 kHz

/// Returns the work of one tick of a conference in which all legs speak.
Work mix(std::size_t legs) {
  std::mt19937 engine(32);
  std::normal_distribution<float> level(0.F, 3000.F);
  const auto said = std::make_shared<std::vector<std::array<std::int16_t, kSamples>>>(legs);
  for (auto& frame : *said) {
    for (auto& sample : frame) sample = static_cast<std::int16_t>(level(engine));
  }
  return repeat([said, mixer = std::make_shared<media::Mixer>(kSamples, legs)](std::size_t) {
    mixer->begin();
    for (const auto& frame : *said) keep(mixer->speak(frame));
    mixer->mix();
    keep(mixer->heard(media::Mixer::kEveryone));
  });
}

}  // namespace

std::vector<Subject> mix_subjects() {
  std::vector<Subject> subjects;
  for (const std::size_t legs : {std::size_t{3}, std::size_t{32}, std::size_t{500}})
    subjects.push_back({"mix." + std::to_string(legs), {"offhook", mix(legs)}, {}});
  return subjects;
}

}  // namespace offhook::bench
