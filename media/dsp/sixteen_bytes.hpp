#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace offhook::inline v0::media {

/// Sixteen numbers of 0 to 255 in one register, one for each band, with the vectors that g++ and clang have on every machine.
using SixteenBytes [[gnu::vector_size(16)]] = std::uint8_t;

[[nodiscard]] inline SixteenBytes all_sixteen(unsigned value) noexcept { return SixteenBytes{} + static_cast<std::uint8_t>(value); }

[[nodiscard]] inline SixteenBytes least_of(SixteenBytes a, SixteenBytes b) noexcept { return a < b ? a : b; }
[[nodiscard]] inline SixteenBytes most_of(SixteenBytes a, SixteenBytes b) noexcept { return a > b ? a : b; }
/// Returns a - b, or 0 if that is negative.
[[nodiscard]] inline SixteenBytes less(SixteenBytes a, SixteenBytes b) noexcept {
#if defined(__SSE2__)
  return reinterpret_cast<SixteenBytes>(_mm_subs_epu8(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
  return most_of(a, b) - b;
#endif
}
/// Returns a + b, or 255 if that is more.
[[nodiscard]] inline SixteenBytes more(SixteenBytes a, SixteenBytes b) noexcept {
#if defined(__SSE2__)
  return reinterpret_cast<SixteenBytes>(_mm_adds_epu8(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
  return least_of(a, all_sixteen(255) - b) + b;
#endif
}
/// Returns 255 where a is greater than b, else 0.
[[nodiscard]] inline SixteenBytes where_more(SixteenBytes a, SixteenBytes b) noexcept { return ~reinterpret_cast<SixteenBytes>(less(a, b) == SixteenBytes{}); }

/// Returns one bit per number: 1 if it is 128 or more; the first number's bit is the lowest.
[[nodiscard]] inline std::uint16_t high_bits(SixteenBytes bytes) noexcept {
#if defined(__SSE2__)
  return static_cast<std::uint16_t>(_mm_movemask_epi8(reinterpret_cast<__m128i>(bytes)));
#else
  unsigned bits = 0;
  for (std::size_t i = 0; i < 16; ++i) bits |= static_cast<unsigned>(bytes[i] >> 7) << i;
  return static_cast<std::uint16_t>(bits);
#endif
}

/// Returns the sum, at most 4080.
[[nodiscard]] inline unsigned sum_of(SixteenBytes bytes) noexcept {
#if defined(__SSE2__)
  const __m128i sums = _mm_sad_epu8(reinterpret_cast<__m128i>(bytes), _mm_setzero_si128());
  return static_cast<unsigned>(_mm_cvtsi128_si32(sums) + _mm_extract_epi16(sums, 4));
#else
  unsigned sum = 0;
  for (std::size_t i = 0; i < 16; ++i) sum += bytes[i];
  return sum;
#endif
}

}  // namespace offhook::inline v0::media
