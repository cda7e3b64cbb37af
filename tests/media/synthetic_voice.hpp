#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <vector>

namespace offhook_test {

/// Makes sound that detectors accept as speech: glottal pulses through three resonances, which change with each syllable. Syllables last 90
/// to 260 ms, with short gaps and some pauses for breath. The same seed gives the same voice.
class SyntheticVoice {
 public:
  SyntheticVoice(std::uint32_t rate_hz, std::uint32_t seed, double pitch_hz = 120) : rate_(rate_hz), pitch_(pitch_hz), random_(seed) {}

  std::vector<std::int16_t> speak(double seconds, double peak = 9000) {
    std::vector<double> out;
    const auto wanted = static_cast<std::size_t>(seconds * rate_);
    while (out.size() < wanted) {
      syllable(out);
      pause(out, draw(0, 1) < 0.15 ? draw(0.15, 0.35) : draw(0.03, 0.09));
    }
    out.resize(wanted);
    double highest = 1e-9;
    for (const double sample : out) highest = std::max(highest, std::fabs(sample));
    std::vector<std::int16_t> pcm;
    pcm.reserve(wanted);
    for (const double sample : out) pcm.push_back(static_cast<std::int16_t>(std::lrint(sample / highest * peak)));
    return pcm;
  }

 private:
  struct Resonance {
    double a1, a2, gain, y1 = 0, y2 = 0;
    double step(double x) {
      const double y = gain * x - a1 * y1 - a2 * y2;
      y2 = y1;
      y1 = y;
      return y;
    }
  };
  double draw(double low, double high) { return std::uniform_real_distribution<double>(low, high)(random_); }
  Resonance resonance(double hz, double bandwidth) {
    const double r = std::exp(-std::numbers::pi * bandwidth / rate_);
    return {-2 * r * std::cos(2 * std::numbers::pi * hz / rate_), r * r, 1 - r};
  }
  void pause(std::vector<double>& out, double seconds) { out.insert(out.end(), static_cast<std::size_t>(seconds * rate_), 0.0); }
  void syllable(std::vector<double>& out) {
    std::array<Resonance, 3> formants{resonance(draw(280, 800), 80), resonance(draw(900, 2200), 110), resonance(draw(2300, 3200), 160)};
    const double length = draw(0.09, 0.26), pitch = pitch_ * draw(0.85, 1.2), loudness = draw(0.4, 1.0);
    const auto samples = static_cast<std::size_t>(length * rate_);
    double phase = 0;
    for (std::size_t i = 0; i < samples; ++i) {
      const double at = static_cast<double>(i) / static_cast<double>(samples);
      const double envelope = std::min({1.0, at / 0.15, (1 - at) / 0.3}) * loudness;
      phase += pitch / rate_;
      const double pulse = phase >= 1 ? 1.0 : 0.0;
      if (phase >= 1) phase -= 1;
      const double source = pulse + draw(-0.01, 0.01);
      out.push_back(envelope * (formants[0].step(source) + 0.6 * formants[1].step(source) + 0.35 * formants[2].step(source)));
    }
  }

  double rate_;
  double pitch_;
  std::mt19937 random_;
};

}  // namespace offhook_test
