#pragma once

#include <offhook/media/four_floats.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// Normalised cross-correlation of `count` samples, a multiple of four: 1 where they differ by loudness alone, 0 where one is silent.
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

/// For a first look: each of `to` stands for `step` samples, by their sum, which is a poor filter, but one.
inline void thin_out(const std::int16_t* from, std::size_t step, std::span<float> to) noexcept {
  for (float& one : to) {
    int sum = 0;
    for (std::size_t k = 0; k < step; ++k) sum += *from++;
    one = static_cast<float>(sum);
  }
}

}  // namespace offhook::inline v0::media
