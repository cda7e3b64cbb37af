#include <offhook/media/tones.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string_view>

namespace offhook::inline v0::media {
namespace {

std::int16_t to_sample(double value) { return static_cast<std::int16_t>(std::lrint(std::clamp(value, -32768.0, 32767.0))); }

SineSource tone_of(char digit, bool high, std::uint32_t rate_hz, double amplitude) {
  const auto pair = dtmf_frequencies(digit);
  if (!pair) return {0, rate_hz, 0};
  return {high ? pair->second : pair->first, rate_hz, amplitude};
}

}  // namespace

SineSource::SineSource(double hz, std::uint32_t rate_hz, double amplitude)
    : step_(rate_hz == 0 ? 0 : 2 * std::numbers::pi * hz / rate_hz), amplitude_(std::clamp(amplitude, 0.0, 32767.0)) {}

double SineSource::next() noexcept {
  const double value = amplitude_ * std::sin(phase_);
  phase_ = std::fmod(phase_ + step_, 2 * std::numbers::pi);
  return value;
}

void SineSource::fill(std::span<std::int16_t> out) noexcept {
  for (std::int16_t& sample : out) sample = to_sample(next());
}

void SineSource::mix(std::span<std::int16_t> inout) noexcept {
  for (std::int16_t& sample : inout) sample = to_sample(sample + next());
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
    : state_(seed == 0 ? 1 : seed),  // xorshift never leaves 0.
      amplitude_(32768.0 * std::sqrt(3.0) * std::pow(10.0, std::min<double>(level_dbov, 0) / 20)) {
}  // Uniform noise has power a^2 / 3.

void ComfortNoise::fill(std::span<std::int16_t> out) noexcept {
  for (std::int16_t& sample : out) {
    state_ ^= state_ << 13;  // xorshift32 (Marsaglia 2003)
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    sample = to_sample(amplitude_ * (static_cast<double>(state_) / 2147483648.0 - 1));
  }
}

}  // namespace offhook::inline v0::media
