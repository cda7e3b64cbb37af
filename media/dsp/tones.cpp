#include <offhook/media/dsp/tones.hpp>

#include <offhook/base/text.hpp>
#include <offhook/media/dsp/four_floats.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string_view>

namespace offhook::inline v0::media {
namespace {

/// Returns the sines of phases, which are given in turns (0 to 1). It folds the phases to a quarter turn, and computes Taylor's series
/// to the eleventh power, with an error of at most 6e-8.
FourFloats sine_of(FourFloats turns) noexcept {
  constexpr float kTurn = 2 * std::numbers::pi_v<float>;
  const FourFloats centred = 0.5F - turns;  // half a turn further and reversed: the same sine
  FourFloats folded = centred;
  for (int i = 0; i < 4; ++i) {
    if (centred[i] > 0.25F) folded[i] = 0.5F - centred[i];
    if (centred[i] < -0.25F) folded[i] = -0.5F - centred[i];
  }
  const FourFloats x = kTurn * folded, square = x * x;
  constexpr std::array<float, 5> kFactors{-1.0F / 39916800, 1.0F / 362880, -1.0F / 5040, 1.0F / 120, -1.0F / 6};
  FourFloats sum = square * kFactors[0];
  for (std::size_t i = 1; i < kFactors.size(); ++i) sum = (sum + kFactors[i]) * square;
  return x + x * sum;
}

SineSource tone_of(char digit, bool high, std::uint32_t rate_hz, double amplitude) {
  const auto pair = dtmf_frequencies(digit);
  if (!pair) return {0, rate_hz, 0};
  return {high ? pair->second : pair->first, rate_hz, amplitude};
}

}  // namespace

SineSource::SineSource(double hz, std::uint32_t rate_hz, double amplitude)
    : turn_(std::clamp<std::uint32_t>(rate_hz, 1, 4'000'000) * 1000),
      step_(static_cast<std::uint32_t>(std::lround(std::clamp(hz, 0.0, turn_ / 2000.0) * 1000))),
      amplitude_(static_cast<float>(std::clamp(amplitude, 0.0, 32767.0))) {}

/// Computes four samples at a time, each from its own phase. `base(at)` returns the value to which the sine is added.
template <class Base>
void SineSource::render(std::span<std::int16_t> out, Base base) noexcept {
  const float share = 1.0F / static_cast<float>(turn_);
  for (std::size_t at = 0; at < out.size(); at += 4) {
    const std::size_t count = std::min<std::size_t>(4, out.size() - at);
    FourFloats turns{};
    for (std::size_t i = 0; i < count; ++i) {
      turns[i] = static_cast<float>(phase_) * share;
      phase_ += step_;
      if (phase_ >= turn_) phase_ -= turn_;
    }
    FourFloats four = amplitude_ * sine_of(turns);
    for (std::size_t i = 0; i < count; ++i) four[i] += base(at + i);
    if (count == 4) {
      store_samples(four, out.data() + at);
    } else {
      for (std::size_t i = 0; i < count; ++i) out[at + i] = to_sample(four[i]);
    }
  }
}

void SineSource::fill(std::span<std::int16_t> out) noexcept {
  render(out, [](std::size_t) { return 0.0F; });
}

void SineSource::mix(std::span<std::int16_t> inout) noexcept {
  render(inout, [inout](std::size_t at) { return static_cast<float>(inout[at]); });
}

std::optional<std::pair<double, double>> dtmf_frequencies(char digit) {
  static constexpr std::string_view kKeys = "123a456b789c*0#d";
  static constexpr std::array<double, 4> kLow{697, 770, 852, 941}, kHigh{1209, 1336, 1477, 1633};
  const auto at = kKeys.find(base::to_lower(digit));
  if (at == std::string_view::npos) return std::nullopt;
  return std::pair{kLow[at / 4], kHigh[at % 4]};
}

DtmfSource::DtmfSource(char digit, std::uint32_t rate_hz, double amplitude)
    : low_(tone_of(digit, false, rate_hz, amplitude)), high_(tone_of(digit, true, rate_hz, amplitude)) {}

void DtmfSource::fill(std::span<std::int16_t> out) noexcept {
  low_.fill(out);
  high_.mix(out);
}

ComfortNoise::ComfortNoise(std::int16_t level_dbov, std::uint32_t seed)
    : state_(seed == 0 ? 1 : seed),  // xorshift never leaves 0
      amplitude_(32768.0 * std::sqrt(3.0) * std::pow(10.0, std::min<double>(level_dbov, 0) / 20)) {
}  // Uniform noise has the power a^2 / 3.

void ComfortNoise::fill(std::span<std::int16_t> out) noexcept {
  for (std::int16_t& sample : out) {
    state_ ^= state_ << 13;  // xorshift32 (Marsaglia 2003)
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    sample = to_sample(static_cast<float>(amplitude_ * (static_cast<double>(state_) / 2147483648.0 - 1)));
  }
}

}  // namespace offhook::inline v0::media
