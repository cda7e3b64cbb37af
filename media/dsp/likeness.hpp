#pragma once

#include <offhook/media/dsp/four_floats.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// Returns the normalised cross-correlation of `count` samples, a multiple of four: 1 if they differ only by loudness, 0 if one side is silent.
[[nodiscard]] inline float likeness(const float* here, const float* there, std::size_t count) noexcept {
  FourFloats product{}, energy_here{}, energy_there{};
  for (std::size_t i = 0; i < count; i += 4) {
    const FourFloats a = load_four(here + i), b = load_four(there + i);
    product += a * b;
    energy_here += a * a;
    energy_there += b * b;
  }
  const auto sum = [](FourFloats four) { return four[0] + four[1] + four[2] + four[3]; };
  const float energy = sum(energy_here) * sum(energy_there);
  return energy > 0 ? sum(product) / std::sqrt(energy) : 0.0F;
}

/// Reduces the rate for a first search: each item of `to` is the sum of `step` samples, which is a poor low-pass filter.
inline void thin_out(const std::int16_t* from, std::size_t step, std::span<float> to) noexcept {
  for (float& one : to) {
    int sum = 0;
    for (std::size_t k = 0; k < step; ++k) sum += *from++;
    one = static_cast<float>(sum);
  }
}

}  // namespace offhook::inline v0::media
