#include <offhook/media/half_band.hpp>

#include <offhook/media/four_floats.hpp>
#include <offhook/media/windowed_sinc.hpp>

#include <algorithm>

namespace offhook::inline v0::media {

HalfBand::HalfBand() {
  constexpr double kMiddle = (kTaps - 1) / 2.0, kHalf = (kTaps + 1) / 2.0;
  std::array<double, kPairs> exact{};
  double sum = 0;
  for (std::size_t k = 0; k < kPairs; ++k) {
    exact[k] = windowed_sinc(static_cast<double>(2 * k) - kMiddle, kHalf, 0.5);
    sum += exact[k];
  }
  for (std::size_t k = 0; k < kPairs; ++k) taps_[k] = static_cast<float>(exact[k] / (2 * sum));
}

/// out[n] = the sum of taps_[k] x (line[n + k] + line[n + kPast - k]). Computed in whole blocks: `line` must be readable for
/// kBlock more, `out` writable.
void HalfBand::filter(const float* line, std::size_t count, float* out) const noexcept {
  for (std::size_t n = 0; n < count; n += kBlock) {
    FourFloats low{}, high{};
    for (std::size_t k = 0; k < kPairs; ++k) {
      const float* left = line + n + k;
      const float* right = line + n + kPast - k;
      low += taps_[k] * (load_four(left) + load_four(right));
      high += taps_[k] * (load_four(left + 4) + load_four(right + 4));
    }
    std::memcpy(out + n, &low, sizeof low);
    std::memcpy(out + n + 4, &high, sizeof high);
  }
}

void HalfBand::up(std::span<const std::int16_t> in, std::span<std::int16_t> out) noexcept {
  std::array<float, kPast + kMaxInput + kBlock> line;  // the past in front of the present
  std::array<float, kMaxInput + kBlock> between;
  std::copy_n(history_.begin(), kPast, line.begin());
  const std::size_t fours = in.size() / 4 * 4;
  load_samples(in.data(), fours, &line[kPast]);
  for (std::size_t i = fours; i < in.size(); ++i) line[kPast + i] = static_cast<float>(in[i]);
  std::fill_n(&line[kPast + in.size()], kBlock, 0.0f);
  filter(line.data(), in.size(), between.data());
  // The other samples are the old ones, as late as the filter's middle.
  const float* old = &line[kPast / 2 + 1];
  std::size_t n = 0;
  for (; n + 4 <= in.size(); n += 4) {
    const FourFloats even = load_four(&between[n]), odd = load_four(old + n);
    store_samples(FourFloats{even[0], odd[0], even[1], odd[1]}, &out[2 * n]);
    store_samples(FourFloats{even[2], odd[2], even[3], odd[3]}, &out[2 * n + 4]);
  }
  for (; n < in.size(); ++n) {
    out[2 * n] = to_sample(between[n]);
    out[2 * n + 1] = to_sample(old[n]);
  }
  std::copy_n(&line[in.size()], kPast, history_.begin());
}

void HalfBand::down(std::span<const std::int16_t> in, std::span<std::int16_t> out) noexcept {
  constexpr std::size_t kOld = kTaps - 1;
  std::array<float, kPast + kMaxInput / 2 + kBlock> even, odd;
  std::array<float, kMaxInput / 2 + kBlock> filtered;
  for (std::size_t i = 0; i < kPast; ++i) {
    even[i] = history_[2 * i];
    odd[i] = history_[2 * i + 1];
  }
  const std::size_t count = in.size() / 2;
  for (std::size_t i = 0; i < count; ++i) {
    even[kPast + i] = static_cast<float>(in[2 * i]);
    odd[kPast + i] = static_cast<float>(in[2 * i + 1]);
  }
  std::fill_n(&even[kPast + count], kBlock, 0.0f);
  filter(even.data(), count, filtered.data());
  const float* middle = &odd[kPast / 2];
  std::size_t n = 0;
  for (; n + 4 <= count; n += 4) store_samples(0.5f * (load_four(&filtered[n]) + load_four(middle + n)), &out[n]);
  for (; n < count; ++n) out[n] = to_sample(0.5f * (filtered[n] + middle[n]));
  for (std::size_t i = 0; i < kOld / 2; ++i) {
    history_[2 * i] = even[count + i];
    history_[2 * i + 1] = odd[count + i];
  }
}

}  // namespace offhook::inline v0::media
