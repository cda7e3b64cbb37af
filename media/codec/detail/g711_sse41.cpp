#include <offhook/media/codec/detail/g711_kernels.hpp>
#include <offhook/media/codec/detail/g711_sample.hpp>
#include <offhook/media/codec/detail/g711_x86_tables.hpp>

#if defined(__x86_64__)

#include <immintrin.h>

// Each function is compiled for SSE4.1 on its own, so that no inline function of a header is compiled for SSE4.1 in this file.
#define OFFHOOK_SSE41 [[gnu::target("sse4.1")]]  // NOLINT: only a macro can name an attribute

namespace offhook::inline v0::media::detail {
namespace {

constexpr std::size_t kBlock = 16;  // samples

OFFHOOK_SSE41 inline __m128i load(const void* at) {
  return _mm_loadu_si128(static_cast<const __m128i*>(at));
}
OFFHOOK_SSE41 inline void store(void* at, __m128i value) {
  _mm_storeu_si128(static_cast<__m128i*>(at), value);
}
OFFHOOK_SSE41 inline __m128i load(const Nibbles& table) {
  return _mm_load_si128(reinterpret_cast<const __m128i*>(table.of));
}

OFFHOOK_SSE41 inline __m128i magnitudes(__m128i samples) {
  return _mm_xor_si128(samples, _mm_srai_epi16(samples, 15));
}

OFFHOOK_SSE41 inline __m128i float_bits(__m128i values) {
  return _mm_srli_epi32(_mm_castps_si128(_mm_cvtepi32_ps(values)), 19);
}
OFFHOOK_SSE41 inline __m128i exponents(__m128i words) {
  const __m128i zero = _mm_setzero_si128();
  return _mm_packs_epi32(float_bits(_mm_unpacklo_epi16(words, zero)), float_bits(_mm_unpackhi_epi16(words, zero)));
}

/// Returns 0x80 in each octet whose sample is not negative.
OFFHOOK_SSE41 inline __m128i positive_bits(__m128i first, __m128i second) {
  return _mm_andnot_si128(_mm_packs_epi16(first, second), _mm_set1_epi8(-128));
}

struct Mulaw {
  static constexpr auto one = mulaw_of;
  static constexpr const auto& expansion = kFromMulaw;
  static constexpr const auto& tables = kMulawTables;
  OFFHOOK_SSE41 static inline __m128i code_words(__m128i samples) {                          // Seven bits, already inverted.
    const __m128i biased = _mm_adds_epi16(magnitudes(samples), _mm_set1_epi16(kMulawBias));  // Saturates where the law clips.
    return _mm_sub_epi16(_mm_set1_epi16(kSegmentZero + 0x7F), exponents(biased));
  }
  OFFHOOK_SSE41 static inline __m128i finish(__m128i codes) { return codes; }
};

struct Alaw {
  static constexpr auto one = alaw_of;
  static constexpr const auto& expansion = kFromAlaw;
  static constexpr const auto& tables = kAlawTables;
  OFFHOOK_SSE41 static inline __m128i code_words(__m128i samples) {
    const __m128i size = magnitudes(samples);
    const __m128i linear = _mm_srli_epi16(_mm_min_epi16(size, _mm_set1_epi16(256)), 4);
    return _mm_max_epi16(linear, _mm_sub_epi16(exponents(size), _mm_set1_epi16(kSegmentZero)));
  }
  OFFHOOK_SSE41 static inline __m128i finish(__m128i codes) { return _mm_xor_si128(codes, _mm_set1_epi8(kAlternateBits)); }
};

template <class Law>
OFFHOOK_SSE41 inline void encode_block(const std::int16_t* in, std::uint8_t* out) {
  const __m128i first = load(in), second = load(in + 8);
  const __m128i codes = _mm_packus_epi16(Law::code_words(first), Law::code_words(second));
  store(out, Law::finish(_mm_or_si128(codes, positive_bits(first, second))));
}

template <class Law>
OFFHOOK_SSE41 void encode(const std::int16_t* in, std::uint8_t* out, std::size_t count) noexcept {
  std::size_t at = 0;
  for (; at + kBlock <= count; at += kBlock) encode_block<Law>(in + at, out + at);
  if (at == count) return;
  if (count >= kBlock) return encode_block<Law>(in + count - kBlock, out + count - kBlock);  // Encodes some samples twice.
  for (; at < count; ++at) out[at] = Law::one(in[at]);
}

template <class Law>
OFFHOOK_SSE41 inline void decode_block(const std::uint8_t* in, std::int16_t* out) {
  const __m128i nibble = _mm_set1_epi8(0x0F);
  const __m128i codes = load(in);
  const __m128i upper = _mm_and_si128(_mm_srli_epi16(codes, 4), nibble);
  const __m128i sign = _mm_shuffle_epi8(load(Law::tables.sign), upper);
  const __m128i mantissa = _mm_sign_epi8(_mm_shuffle_epi8(load(Law::tables.mantissa), _mm_and_si128(codes, nibble)), sign);
  const __m128i power = _mm_shuffle_epi8(load(Law::tables.power), upper);
  const __m128i addend = _mm_shuffle_epi8(load(Law::tables.addend), upper);
  const __m128i factor = _mm_shuffle_epi8(load(Law::tables.factor), upper);
  const __m128i low = _mm_maddubs_epi16(_mm_unpacklo_epi8(power, factor), _mm_unpacklo_epi8(mantissa, addend));
  const __m128i high = _mm_maddubs_epi16(_mm_unpackhi_epi8(power, factor), _mm_unpackhi_epi8(mantissa, addend));
  store(out, _mm_add_epi16(low, low));
  store(out + 8, _mm_add_epi16(high, high));
}

template <class Law>
OFFHOOK_SSE41 void decode(const std::uint8_t* in, std::int16_t* out, std::size_t count) noexcept {
  std::size_t at = 0;
  for (; at + kBlock <= count; at += kBlock) decode_block<Law>(in + at, out + at);
  if (at == count) return;
  if (count >= kBlock) return decode_block<Law>(in + count - kBlock, out + count - kBlock);
  for (; at < count; ++at) out[at] = Law::expansion[in[at]];
}

}  // namespace

const G711Kernels kG711Sse41{"sse4.1", encode<Mulaw>, encode<Alaw>, decode<Mulaw>, decode<Alaw>};

}  // namespace offhook::inline v0::media::detail

#endif
