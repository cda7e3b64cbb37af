#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace offhook::inline v0::media {

/// Four floats in one register, with the vectors that g++ and clang have on every machine. They are explicit, because a
/// compiler may not reorder a sum of floats by itself.
using FourFloats [[gnu::vector_size(16)]] = float;

[[nodiscard]] inline FourFloats load_four(const float* from) noexcept {
  FourFloats four;
  std::memcpy(&four, from, sizeof four);  // `from` may be unaligned.
  return four;
}

[[nodiscard]] inline std::int16_t to_sample(float value) noexcept {
  return static_cast<std::int16_t>(std::lrintf(std::clamp(value, -32768.0f, 32767.0f)));
}

/// Stores rounded and saturated samples. |four| must be below 2^31.
inline void store_samples(FourFloats four, std::int16_t* to) noexcept {
#if defined(__SSE2__)
  const __m128i wide = _mm_cvtps_epi32(four);
  _mm_storel_epi64(reinterpret_cast<__m128i*>(to), _mm_packs_epi32(wide, wide));
#else
  for (int i = 0; i < 4; ++i) to[i] = to_sample(four[i]);
#endif
}

/// Converts `count` samples, a multiple of four, to floats.
inline void load_samples(const std::int16_t* from, std::size_t count, float* to) noexcept {
#if defined(__SSE2__)
  for (std::size_t i = 0; i < count; i += 4) {
    const __m128i four = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + i));
    const __m128i wide = _mm_srai_epi32(_mm_unpacklo_epi16(four, four), 16);
    _mm_storeu_ps(to + i, _mm_cvtepi32_ps(wide));
  }
#else
  for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<float>(from[i]);
#endif
}

}  // namespace offhook::inline v0::media
