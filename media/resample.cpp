#include <offhook/media/resample.hpp>

#include <offhook/media/four_floats.hpp>
#include <offhook/media/windowed_sinc.hpp>

#include <algorithm>
#include <numeric>

namespace offhook::inline v0::media {
namespace {

constexpr double kCutoff =
    0.975;  // of half the lower rate: -6 dB at 3900 Hz of 8000; flat to 3.4 kHz, images from 4.4 kHz on are gone

bool is_supported(std::uint32_t hz) { return hz == 8000 || hz == 16000 || hz == 24000; }

/// The sum of a[k] x b[k]; `count` is a multiple of four.
float dot(const float* a, const float* b, std::size_t count) {
  FourFloats sum{};
  for (std::size_t k = 0; k < count; k += 4) sum += load_four(a + k) * load_four(b + k);
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

}  // namespace

Resampler::Resampler(std::uint32_t from_hz, std::uint32_t to_hz) : from_hz_(from_hz) {
  if (!is_supported(from_hz) || !is_supported(to_hz) || from_hz == to_hz) return;
  const std::uint32_t common = std::gcd(from_hz, to_hz);
  up_ = to_hz / common;
  down_ = from_hz / common;
  if (up_ * down_ == 2) {
    half_band_.emplace();
    return;
  }
  taps_ = kTapsPerPhase * from_hz / std::min(from_hz, to_hz);

  const std::size_t length = taps_ * up_;                 // of the prototype, at from_hz x up_
  const double half = static_cast<double>(length) / 2;
  const double middle = static_cast<double>(length - 1) / 2;
  const double cutoff = kCutoff / static_cast<double>(std::max(up_, down_));
  for (std::size_t phase = 0; phase < up_; ++phase) {
    const auto row = std::span(coefficients_).subspan(phase * taps_, taps_);
    double sum = 0;
    std::array<double, kMaxTaps> exact{};
    for (std::size_t k = 0; k < taps_; ++k) {
      exact[k] = windowed_sinc(static_cast<double>(phase + k * up_) - middle, half, cutoff);
      sum += exact[k];
    }
    for (std::size_t k = 0; k < taps_; ++k)
      row[taps_ - 1 - k] = static_cast<float>(exact[k] / sum);  // Each phase passes DC alike.
  }
}

std::uint32_t Resampler::latency_us() const noexcept {
  if (half_band_) return static_cast<std::uint32_t>(HalfBand::kTaps / 2 * 1'000'000 / (from_hz_ * up_));
  if (taps_ == 0) return 0;
  return static_cast<std::uint32_t>((taps_ * up_ - 1) * 500'000 / (up_ * from_hz_));
}

std::size_t Resampler::process(std::span<const std::int16_t> in, std::span<std::int16_t> out) noexcept {
  if (in.empty() || in.size() > kMaxInput || in.size() % down_ != 0 || out.size() < output_size(in.size())) return 0;
  if (half_band_) {
    up_ == 2 ? half_band_->up(in, out) : half_band_->down(in, out);
    return output_size(in.size());
  }
  if (taps_ == 0) {
    std::copy(in.begin(), in.end(), out.begin());
    return in.size();
  }
  std::array<float, kMaxTaps + kMaxInput> line;           // the past in front of the present
  const std::size_t past = taps_ - 1;
  std::copy_n(history_.begin(), past, line.begin());
  std::transform(in.begin(), in.end(), line.begin() + static_cast<std::ptrdiff_t>(past),
                 [](std::int16_t sample) { return static_cast<float>(sample); });

  const std::size_t count = output_size(in.size());
  for (std::size_t n = 0; n < count; ++n) {
    const std::size_t at = n * down_;
    const float* row = &coefficients_[at % up_ * taps_];
    out[n] = to_sample(dot(row, &line[at / up_], taps_));
  }
  std::copy_n(line.begin() + static_cast<std::ptrdiff_t>(in.size()), past, history_.begin());
  return count;
}

}  // namespace offhook::inline v0::media
