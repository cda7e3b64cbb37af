#pragma once

#include <offhook/media/detect/detail/band_tables.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

// This file is compiled once for each width of vectors. The file that includes it may first define OFFHOOK_KERNEL as the attribute of a target. All
// functions have internal linkage and this attribute, so that the linker cannot choose a function compiled for a wider machine.
#if !defined(OFFHOOK_KERNEL)
#define OFFHOOK_KERNEL
#endif

namespace offhook::inline v0::media::detail {
namespace {  // NOLINT: on purpose, see above

/// V is float or a vector of floats, with one call in each lane.
template <class V>
struct Lanes {
  static constexpr std::size_t kCount = sizeof(V) / sizeof(float);
  using Shorts [[gnu::vector_size(sizeof(V) / 2)]] = std::int16_t;

  OFFHOOK_KERNEL static inline V load(const float* from) noexcept {
    V lanes;
    std::memcpy(&lanes, from, sizeof lanes);
    return lanes;
  }
  OFFHOOK_KERNEL static inline V widen(const std::int16_t* from) noexcept {
    Shorts shorts;
    std::memcpy(&shorts, from, sizeof shorts);
    return __builtin_convertvector(shorts, V);
  }
};
template <>
struct Lanes<float> {
  static constexpr std::size_t kCount = 1;
  static inline float load(const float* from) noexcept { return *from; }
  static inline float widen(const std::int16_t* from) noexcept { return static_cast<float>(*from); }
};

template <class V>
OFFHOOK_KERNEL inline void store_lanes(V lanes, float* to) noexcept {
  std::memcpy(to, &lanes, sizeof lanes);
}

/// A complex number in each lane, in two registers.
template <class V>
struct Complex {
  V re, im;
};

/// Computes the 4-point DFT of the values `quarter` apart, and rotates the last three results by `k`, 2k and 3k 64ths of a turn.
template <class V>
OFFHOOK_KERNEL inline void butterfly(const BandTables& tables, Complex<V>* at, std::size_t quarter, std::size_t k) noexcept {
  const Complex<V> a = at[0], b = at[quarter], c = at[2 * quarter], d = at[3 * quarter];
  const V even_re = a.re + c.re, even_im = a.im + c.im, odd_re = a.re - c.re, odd_im = a.im - c.im;
  const V sum_re = b.re + d.re, sum_im = b.im + d.im, turned_re = b.im - d.im, turned_im = d.re - b.re;  // -i (b - d)
  at[0].re = even_re + sum_re;
  at[0].im = even_im + sum_im;
  if (k == 0) {  // Without rotation: true for 21 of 48 butterflies.
    at[quarter] = {odd_re + turned_re, odd_im + turned_im};
    at[2 * quarter] = {even_re - sum_re, even_im - sum_im};
    at[3 * quarter] = {odd_re - turned_re, odd_im - turned_im};
    return;
  }
  const float *cosine = tables.cosine.data(), *sine = tables.sine.data();  // pointers, because k is always within bounds
  const V one_re = odd_re + turned_re, one_im = odd_im + turned_im;
  const V two_re = even_re - sum_re, two_im = even_im - sum_im;
  const V three_re = odd_re - turned_re, three_im = odd_im - turned_im;
  const float c1 = cosine[k], s1 = sine[k], c2 = cosine[2 * k], s2 = sine[2 * k], c3 = cosine[3 * k], s3 = sine[3 * k];
  at[quarter].re = one_re * c1 + one_im * s1;
  at[quarter].im = one_im * c1 - one_re * s1;
  at[2 * quarter].re = two_re * c2 + two_im * s2;
  at[2 * quarter].im = two_im * c2 - two_re * s2;
  at[3 * quarter].re = three_re * c3 + three_im * s3;
  at[3 * quarter].im = three_im * c3 - three_re * s3;
}

/// Transforms 64 complex values in place. The result of bin k is at the place whose three base-4 digits are those of k in reverse order.
template <class V>
OFFHOOK_KERNEL inline void transform(const BandTables& tables, Complex<V>* values) noexcept {
  for (std::size_t size = 64, step = 1; size >= 4; size /= 4, step *= 4) {
    const std::size_t quarter = size / 4;
    for (std::size_t k = 0; k < quarter; ++k) {
      for (std::size_t block = k; block < 64; block += size) butterfly(tables, values + block, quarter, k * step);
    }
  }
}

constexpr std::size_t place_of(std::size_t bin) { return (bin & 3U) << 4U | (bin & 12U) | bin >> 4U; }

/// The band of each bin; kBands for a bin outside all bands.
constexpr std::array<std::uint8_t, 65> kBandOf = [] {
  std::array<std::uint8_t, 65> band_of{};
  band_of.fill(kBands);
  for (std::size_t band = 0; band < kBands; ++band) {
    for (std::size_t bin = kBandEdges[band]; bin < kBandEdges[band + 1]; ++bin) band_of[bin] = static_cast<std::uint8_t>(band);
  }
  return band_of;
}();

/// Computes the powers in the bands of 128 samples. values[n] holds the windowed samples 2n and 2n + 1: the 128 real values are transformed as 64
/// complex values. Bins k and 64 - k are both computed from the transformed values k and 64 - k.
template <class V>
OFFHOOK_KERNEL inline void band_powers(const BandTables& tables, Complex<V>* values, V* bands) noexcept {
  transform(tables, values);
  const float *cosine = tables.half_cosine.data(), *sine = tables.half_sine.data();
  const std::uint8_t* band_of = kBandOf.data();
  for (std::size_t band = 0; band <= kBands; ++band) bands[band] = V{};
  for (std::size_t k = 1; k < 32; ++k) {
    const Complex<V> a = values[place_of(k)], b = values[place_of(64 - k)];
    const V even_re = 0.5F * (a.re + b.re), even_im = 0.5F * (a.im - b.im), odd_re = 0.5F * (a.re - b.re), odd_im = 0.5F * (a.im + b.im);
    const float c = cosine[k], s = sine[k];
    const V turned_re = s * odd_re - c * odd_im, turned_im = c * odd_re + s * odd_im;
    const V low_re = even_re - turned_re, low_im = even_im - turned_im, high_re = even_re + turned_re, high_im = even_im + turned_im;
    bands[band_of[k]] += low_re * low_re + low_im * low_im;
    bands[band_of[64 - k]] += high_re * high_re + high_im * high_im;
  }
  const Complex<V> middle = values[place_of(32)];
  bands[kBandOf[32]] += middle.re * middle.re + middle.im * middle.im;
}

}  // namespace
}  // namespace offhook::inline v0::media::detail
