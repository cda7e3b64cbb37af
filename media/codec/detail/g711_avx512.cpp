#include <offhook/media/codec/detail/g711_kernels.hpp>
#include <offhook/media/codec/detail/g711_x86_tables.hpp>

#if defined(__x86_64__)

#include <immintrin.h>

// Functions are compiled for AVX-512 one by one, so that no inline function of a header can slip into the program with it.
#define OFFHOOK_AVX512 [[gnu::target("avx512bw,avx512vl")]]  // NOLINT: an attribute cannot be named otherwise

namespace offhook::inline v0::media::detail {
namespace {

// Masks make the last block like the others. Decoding shifts each word by its own segment, which only AVX-512BW can.
constexpr std::size_t kBlock = 32;  // samples

OFFHOOK_AVX512 inline __mmask32 first_of(std::size_t count) {
  return count >= kBlock ? ~0U : (1U << count) - 1;
}

OFFHOOK_AVX512 inline __m512i magnitudes(__m512i samples) {
  return _mm512_xor_si512(samples, _mm512_srai_epi16(samples, 15));
}

OFFHOOK_AVX512 inline __m512i float_bits(__m512i values) {
  return _mm512_srli_epi32(_mm512_castps_si512(_mm512_cvtepi32_ps(values)), 19);
}
OFFHOOK_AVX512 inline __m512i exponents(__m512i words) {
  const __m512i zero = _mm512_setzero_si512();
  return _mm512_packs_epi32(float_bits(_mm512_unpacklo_epi16(words, zero)), float_bits(_mm512_unpackhi_epi16(words, zero)));
}

/// Seven bits of code, and bit 7 set when the sample is not negative.
OFFHOOK_AVX512 inline __m512i with_sign(__m512i codes, __m512i samples) {
  constexpr int kOrAndNot = 0xF2;  // a | (~b & c)
  return _mm512_ternarylogic_epi32(codes, _mm512_srai_epi16(samples, 15), _mm512_set1_epi16(0x80), kOrAndNot);
}

struct Mulaw {
  OFFHOOK_AVX512 static inline __m512i codes(__m512i samples) {
    const __m512i biased =
        _mm512_adds_epi16(magnitudes(samples), _mm512_set1_epi16(kMulawBias));  // Saturates where the law clips.
    return with_sign(_mm512_sub_epi16(_mm512_set1_epi16(kSegmentZero + 0x7F), exponents(biased)), samples);
  }
  OFFHOOK_AVX512 static inline __m512i sizes(__m512i codes) {
    const __m512i plain = _mm512_xor_si512(codes, _mm512_set1_epi16(0xFF));
    const __m512i mantissa = _mm512_and_si512(_mm512_slli_epi16(plain, 3), _mm512_set1_epi16(0x78));
    const __m512i segment = _mm512_and_si512(_mm512_srli_epi16(plain, 4), _mm512_set1_epi16(7));
    const __m512i bias = _mm512_set1_epi16(kMulawBias);
    return _mm512_sub_epi16(_mm512_sllv_epi16(_mm512_add_epi16(mantissa, bias), segment), bias);
  }
};

struct Alaw {
  OFFHOOK_AVX512 static inline __m512i codes(__m512i samples) {
    const __m512i size = magnitudes(samples);
    const __m512i linear = _mm512_srli_epi16(_mm512_min_epi16(size, _mm512_set1_epi16(256)), 4);
    const __m512i code = _mm512_max_epi16(linear, _mm512_sub_epi16(exponents(size), _mm512_set1_epi16(kSegmentZero)));
    return _mm512_xor_si512(with_sign(code, samples), _mm512_set1_epi16(0x55));
  }
  OFFHOOK_AVX512 static inline __m512i sizes(__m512i codes) {
    const __m512i plain = _mm512_xor_si512(codes, _mm512_set1_epi16(0x55));
    const __m512i segment = _mm512_and_si512(_mm512_srli_epi16(plain, 4), _mm512_set1_epi16(7));
    const __m512i mantissa = _mm512_and_si512(_mm512_slli_epi16(plain, 4), _mm512_set1_epi16(0xF0));
    const __m512i middle = _mm512_or_si512(mantissa, _mm512_set1_epi16(8));
    const __m512i large =
        _mm512_mask_add_epi16(middle, _mm512_test_epi16_mask(segment, segment), middle, _mm512_set1_epi16(0x100));
    return _mm512_sllv_epi16(large, _mm512_subs_epu16(segment, _mm512_set1_epi16(1)));
  }
};

template <class Law>
OFFHOOK_AVX512 void encode(const std::int16_t* in, std::uint8_t* out, std::size_t count) noexcept {
  for (std::size_t at = 0; at < count; at += kBlock) {
    const __mmask32 some = first_of(count - at);
    const __m512i codes = Law::codes(_mm512_maskz_loadu_epi16(some, in + at));
    _mm256_mask_storeu_epi8(out + at, some, _mm512_cvtepi16_epi8(codes));
  }
}

template <class Law>
OFFHOOK_AVX512 void decode(const std::uint8_t* in, std::int16_t* out, std::size_t count) noexcept {
  for (std::size_t at = 0; at < count; at += kBlock) {
    const __mmask32 some = first_of(count - at);
    const __m512i codes = _mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(some, in + at));
    const __m512i sizes = Law::sizes(codes);
    const __mmask32 negative = _mm512_testn_epi16_mask(codes, _mm512_set1_epi16(0x80));  // Bit 7 says positive, in both laws.
    _mm512_mask_storeu_epi16(out + at, some, _mm512_mask_sub_epi16(sizes, negative, _mm512_setzero_si512(), sizes));
  }
}

}  // namespace

const G711Kernels kG711Avx512{"avx512bw", encode<Mulaw>, encode<Alaw>, decode<Mulaw>, decode<Alaw>};

}  // namespace offhook::inline v0::media::detail

#endif
