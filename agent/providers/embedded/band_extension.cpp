#include <offhook/agent/providers/embedded/band_extension.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace offhook::inline v0::agent::embedded {

namespace {

constexpr float kMirrored = 0.25f;           // 0.1 to 0.4 give equal results; with 0, most sentences of a narrow-band line are missed
constexpr double kCutoff = 4800.0 / 16000.0;  // of the high pass, which attenuates the telephone band (below 4.1 kHz) by 70 dB
constexpr double kWideRatio = 1.6e-4;        // -38 dB: no frame of a narrow-band line has a larger share of its power in the upper band
constexpr double kAudible = 1074.0;          // mean square at -60 dBov; a quieter frame does not change the decision

/// Returns the taps of a Blackman-windowed sinc high pass.
template <std::size_t Taps>
std::array<float, Taps> high_pass() {
  std::array<float, Taps> taps{};
  constexpr double kPi = std::numbers::pi;
  for (std::size_t i = 0; i < Taps; ++i) {
    const double n = static_cast<double>(i) - (Taps - 1) / 2.0;
    const double phase = 2 * kPi * static_cast<double>(i) / (Taps - 1);
    const double window = 0.42 - 0.5 * std::cos(phase) + 0.08 * std::cos(2 * phase);
    const double low = n == 0 ? 2 * kCutoff : std::sin(2 * kPi * kCutoff * n) / (kPi * n);
    taps[i] = static_cast<float>(((n == 0 ? 1.0 : 0.0) - low) * window);
  }
  return taps;
}

}  // namespace

void BandExtension::reset() {
  history_.fill(0);
  at_ = 0;
  wide_ = odd_ = false;
}

bool BandExtension::sounds_wide(std::span<const std::int16_t> pcm) {
  static const auto kHighPass = high_pass<kTaps>();
  double total = 0, upper = 0;
  for (const std::int16_t sample : pcm) {
    history_[at_] = sample;
    at_ = (at_ + 1) % kTaps;
    float filtered = 0;
    for (std::size_t i = 0; i < kTaps; ++i) filtered += kHighPass[i] * history_[(at_ + i) % kTaps];
    total += static_cast<double>(sample) * sample;
    upper += static_cast<double>(filtered) * filtered;
  }
  return total > kAudible * static_cast<double>(pcm.size()) && upper > kWideRatio * total;
}

std::span<const std::int16_t> BandExtension::process(std::span<const std::int16_t> pcm) {
  if (!wide_) wide_ = sounds_wide(pcm);
  if (wide_) return pcm;
  out_.resize(pcm.size());
  for (std::size_t i = 0; i < pcm.size(); ++i) {
    const float mirrored = odd_ ? 1 - kMirrored : 1 + kMirrored;  // Multiplies by (-1)^n: frequency f becomes 8 kHz - f.
    odd_ = !odd_;
    out_[i] = static_cast<std::int16_t>(std::clamp(std::lround(static_cast<float>(pcm[i]) * mirrored), -32768L, 32767L));
  }
  return out_;
}

}  // namespace offhook::inline v0::agent::embedded
