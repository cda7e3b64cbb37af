#include <offhook/media/dsp/detail/mix_kernels.hpp>

#if defined(__x86_64__)

#include <immintrin.h>

// Each function is compiled for AVX2 on its own, so that no inline function of a header is compiled for AVX2 in this file.
#define OFFHOOK_AVX2 [[gnu::target("avx2")]]  // NOLINT: only a macro can name an attribute

namespace offhook::inline v0::media::detail {
namespace {

constexpr std::size_t kTile = 32;  // samples: their sums stay in four registers for all speakers

struct Sums {
  __m256i a, b, c, d;
};

OFFHOOK_AVX2 inline __m256i widened(const std::int16_t* at) {
  return _mm256_cvtepi16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
}

/// Packing works in each half separately; the permutation restores the order of the quarters.
OFFHOOK_AVX2 inline void store_cut(__m256i low, __m256i high, std::int16_t* at) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(at), _mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0xD8));
}

OFFHOOK_AVX2 inline void mix_tile(const std::int16_t* const* said, std::size_t speakers, std::int16_t* everyone, std::size_t at,
                                  std::size_t samples) {
  Sums sums{_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256()};
  for (std::size_t i = 0; i < speakers; ++i) {
    const std::int16_t* own = said[i] + at;
    sums.a = _mm256_add_epi32(sums.a, widened(own));
    sums.b = _mm256_add_epi32(sums.b, widened(own + 8));
    sums.c = _mm256_add_epi32(sums.c, widened(own + 16));
    sums.d = _mm256_add_epi32(sums.d, widened(own + 24));
  }
  std::int16_t* out = everyone + at;
  store_cut(sums.a, sums.b, out);
  store_cut(sums.c, sums.d, out + 16);
  for (std::size_t i = 0; i < speakers; ++i) {
    const std::int16_t* own = said[i] + at;
    out += samples;
    store_cut(_mm256_sub_epi32(sums.a, widened(own)), _mm256_sub_epi32(sums.b, widened(own + 8)), out);
    store_cut(_mm256_sub_epi32(sums.c, widened(own + 16)), _mm256_sub_epi32(sums.d, widened(own + 24)), out + 16);
  }
}

OFFHOOK_AVX2 void mix(const std::int16_t* const* said, std::size_t speakers, std::int16_t* everyone,
                      std::size_t samples) noexcept {
  if (samples < kTile) return kMixPortable.mix(said, speakers, everyone, samples);
  std::size_t at = 0;
  for (; at + kTile <= samples; at += kTile) mix_tile(said, speakers, everyone, at, samples);
  if (at < samples) mix_tile(said, speakers, everyone, samples - kTile, samples);  // Mixes some samples twice.
}

}  // namespace

const MixKernels kMixAvx2{"avx2", mix};

}  // namespace offhook::inline v0::media::detail

#endif
