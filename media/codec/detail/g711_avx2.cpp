#include <offhook/media/codec/detail/g711_kernels.hpp>
#include <offhook/media/codec/detail/g711_sample.hpp>
#include <offhook/media/codec/detail/g711_x86_tables.hpp>

#if defined(__x86_64__)

#include <immintrin.h>

// Each function is compiled for AVX2 on its own, so that no inline function of a header is compiled for AVX2 in this file.
#define OFFHOOK_AVX2 [[gnu::target("avx2")]]  // NOLINT: only a macro can name an attribute

namespace offhook::inline v0::media::detail {
namespace {

constexpr std::size_t kBlock = 32;  // samples

OFFHOOK_AVX2 inline __m256i load(const void* at) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(at));
}
OFFHOOK_AVX2 inline void store(void* at, __m256i value) {
  _mm256_storeu_si256(static_cast<__m256i*>(at), value);
}
OFFHOOK_AVX2 inline __m256i load_twice(const Nibbles& table) {
  return _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(table.of)));
}

// Converts magnitudes to floats without a conversion instruction. kOne is the bit pattern of a float; a magnitude in its lower 16 bits makes a larger
// float. The difference of the two floats has the magnitude's own exponent and mantissa, exactly and without denormals. kOne is chosen so that
// segment 0 of both laws has the exponent 8. Exponent and mantissa, shifted right by 19, are then the code's seven bits with 0x80 before them.
// Processors execute few shifts and shuffles at a time. Therefore blends separate the samples at even and odd places, and join them again.
constexpr std::int32_t kOne = 24 << 23;

OFFHOOK_AVX2 inline __m256i float_bits(__m256i below_one) {
  const __m256 one = _mm256_castsi256_ps(_mm256_set1_epi32(kOne));
  return _mm256_castps_si256(_mm256_sub_ps(_mm256_castsi256_ps(below_one), one));
}
OFFHOOK_AVX2 inline __m256i exponents(__m256i words) {
  constexpr int kOddPlaces = 0xAA;
  const __m256i one = _mm256_set1_epi32(kOne);
  const __m256i even = float_bits(_mm256_blend_epi16(words, one, kOddPlaces));
  const __m256i odd = float_bits(_mm256_or_si256(_mm256_srli_epi32(words, 16), one));
  return _mm256_srli_epi16(_mm256_blend_epi16(_mm256_srli_epi32(even, 16), odd, kOddPlaces), 3);
}

/// Restores the order of the quarters, because packing works in each half separately.
OFFHOOK_AVX2 inline __m256i in_order(__m256i packed) {
  return _mm256_permute4x64_epi64(packed, 0xD8);
}

/// Returns octets with the samples' signs in the top bit; the other bits have no meaning.
OFFHOOK_AVX2 inline __m256i signs(__m256i first, __m256i second) {
  return _mm256_packs_epi16(first, second);
}

struct Mulaw {
  static constexpr auto one = mulaw_of;
  static constexpr const auto& expansion = kFromMulaw;
  static constexpr const auto& tables = kMulawTables;
  /// Returns one's complement magnitude plus bias: the larger of x + bias and -1 - x + bias, saturated where the law clips.
  OFFHOOK_AVX2 static inline __m256i biased(__m256i samples) {
    return _mm256_max_epi16(_mm256_adds_epi16(samples, _mm256_set1_epi16(kMulawBias)),
                            _mm256_subs_epi16(_mm256_set1_epi16(kMulawBias - 1), samples));
  }
  OFFHOOK_AVX2 static inline __m256i codes(__m256i first, __m256i second) {
    const __m256i plain = _mm256_packus_epi16(exponents(biased(first)), exponents(biased(second)));
    // Inverts the lower seven bits. The top bit of `plain` is 1, and becomes 0 if the sample is negative.
    return _mm256_xor_si256(plain, _mm256_or_si256(signs(first, second), _mm256_set1_epi8(0x7F)));
  }
};

struct Alaw {
  static constexpr auto one = alaw_of;
  static constexpr const auto& expansion = kFromAlaw;
  static constexpr const auto& tables = kAlawTables;
  OFFHOOK_AVX2 static inline __m256i magnitudes(__m256i samples) {
    return _mm256_max_epi16(samples, _mm256_xor_si256(samples, _mm256_set1_epi16(-1)));
  }
  OFFHOOK_AVX2 static inline __m256i codes(__m256i first, __m256i second) {
    const __m256i sign = _mm256_set1_epi8(-128);
    const __m256i front = magnitudes(first), back = magnitudes(second);
    const __m256i steep = _mm256_packus_epi16(exponents(front), exponents(back));
    // Segment 0 has 16 linear steps of 16. In segment 0, the code `linear` is larger than the float's code; in the other segments it is smaller.
    const __m256i sixteenths = _mm256_srli_epi16(_mm256_packus_epi16(front, back), 4);
    const __m256i linear = _mm256_or_si256(_mm256_and_si256(sixteenths, _mm256_set1_epi8(0x0F)), sign);
    const __m256i flips = _mm256_xor_si256(_mm256_and_si256(signs(first, second), sign), _mm256_set1_epi8(kAlternateBits));
    return _mm256_xor_si256(_mm256_max_epu8(steep, linear), flips);
  }
};

template <class Law>
OFFHOOK_AVX2 inline void encode_block(const std::int16_t* in, std::uint8_t* out) {
  store(out, in_order(Law::codes(load(in), load(in + 16))));
}

template <class Law>
OFFHOOK_AVX2 void encode(const std::int16_t* in, std::uint8_t* out, std::size_t count) noexcept {
  std::size_t at = 0;
  for (; at + kBlock <= count; at += kBlock) encode_block<Law>(in + at, out + at);
  if (at == count) return;
  if (count >= kBlock) return encode_block<Law>(in + count - kBlock, out + count - kBlock);  // Encodes some samples twice.
  for (; at < count; ++at) out[at] = Law::one(in[at]);
}

template <class Law>
OFFHOOK_AVX2 inline void decode_block(const std::uint8_t* in, std::int16_t* out) {
  const __m256i nibble = _mm256_set1_epi8(0x0F);
  const __m256i codes = in_order(load(in));  // Unpacking works in halves too, so that the samples are in order.
  const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(codes, 4), nibble);
  const __m256i sign = _mm256_shuffle_epi8(load_twice(Law::tables.sign), upper);
  const __m256i mantissa =
      _mm256_sign_epi8(_mm256_shuffle_epi8(load_twice(Law::tables.mantissa), _mm256_and_si256(codes, nibble)), sign);
  const __m256i power = _mm256_shuffle_epi8(load_twice(Law::tables.power), upper);
  const __m256i addend = _mm256_shuffle_epi8(load_twice(Law::tables.addend), upper);
  const __m256i factor = _mm256_shuffle_epi8(load_twice(Law::tables.factor), upper);
  const __m256i low = _mm256_maddubs_epi16(_mm256_unpacklo_epi8(power, factor), _mm256_unpacklo_epi8(mantissa, addend));
  const __m256i high = _mm256_maddubs_epi16(_mm256_unpackhi_epi8(power, factor), _mm256_unpackhi_epi8(mantissa, addend));
  store(out, _mm256_add_epi16(low, low));
  store(out + 16, _mm256_add_epi16(high, high));
}

template <class Law>
OFFHOOK_AVX2 void decode(const std::uint8_t* in, std::int16_t* out, std::size_t count) noexcept {
  std::size_t at = 0;
  for (; at + kBlock <= count; at += kBlock) decode_block<Law>(in + at, out + at);
  if (at == count) return;
  if (count >= kBlock) return decode_block<Law>(in + count - kBlock, out + count - kBlock);
  for (; at < count; ++at) out[at] = Law::expansion[in[at]];
}

}  // namespace

const G711Kernels kG711Avx2{"avx2", encode<Mulaw>, encode<Alaw>, decode<Mulaw>, decode<Alaw>};

}  // namespace offhook::inline v0::media::detail

#endif
