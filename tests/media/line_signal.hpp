#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace offhook_test {

/// Returns the peak of a sine of `level` dBm0. A sine at full scale has +3.14 dBm0 (ITU-T G.711 section 4).
inline double dbm0(double level) { return 32768 * std::pow(10, (level - 3.14) / 20); }

/// The audio of a telephone line. The test adds it part by part: tones with a random initial phase, gaps, and noise over everything.
class LineSignal {
 public:
  explicit LineSignal(std::uint32_t seed = 1) : random_(seed) {}

  struct Tone {
    double hz, amplitude;
  };
  LineSignal& silence(double ms) {
    pcm_.resize(pcm_.size() + samples(ms));
    return *this;
  }
  /// Adds a sum of simultaneous sines for `ms` ms, each with a random initial phase. Clips the sum.
  LineSignal& tones(const std::vector<Tone>& tones, double ms) {
    std::vector<double> phases;
    for (std::size_t i = 0; i < tones.size(); ++i) phases.push_back(draw(0, 2 * std::numbers::pi));
    for (std::size_t n = 0; n < samples(ms); ++n) {
      double sum = 0;
      for (std::size_t i = 0; i < tones.size(); ++i) {
        sum += tones[i].amplitude * std::sin(phases[i] + 2 * std::numbers::pi * tones[i].hz * static_cast<double>(n) / 8000);
      }
      pcm_.push_back(clipped(sum));
    }
    return *this;
  }
  LineSignal& add(std::span<const std::int16_t> pcm) {
    pcm_.insert(pcm_.end(), pcm.begin(), pcm.end());
    return *this;
  }
  /// Adds white noise to all samples that are there so far.
  LineSignal& noise(double rms) {
    std::normal_distribution<double> each(0, rms);
    for (auto& sample : pcm_) sample = clipped(sample + each(random_));
    return *this;
  }
  double draw(double low, double high) { return std::uniform_real_distribution<double>(low, high)(random_); }

  /// Returns the samples. Silence follows up to a whole frame of 20 ms, and then `more` silent frames, in which a detector can report that
  /// a sound has ended.
  [[nodiscard]] std::vector<std::int16_t> frames(std::size_t more = 4) const {
    std::vector<std::int16_t> whole = pcm_;
    whole.resize((whole.size() + 159) / 160 * 160 + more * 160);
    return whole;
  }
  [[nodiscard]] std::vector<std::int16_t>& pcm() { return pcm_; }

 private:
  static std::size_t samples(double ms) { return static_cast<std::size_t>(std::lround(ms * 8)); }
  static std::int16_t clipped(double sample) { return static_cast<std::int16_t>(std::lround(std::clamp(sample, -32768.0, 32767.0))); }

  std::vector<std::int16_t> pcm_;
  std::mt19937 random_;
};

}  // namespace offhook_test
