#include <offhook/media/codec/detail/g711_kernels.hpp>
#include <offhook/media/codec/detail/g711_sample.hpp>

#if defined(__aarch64__)

#include <arm_neon.h>

namespace offhook::inline v0::media::detail {
namespace {

// NEON counts leading zeros, and shifts each lane by its own amount. Therefore this code follows the recommendation directly.
constexpr std::size_t kBlock = 16;  // samples

inline uint16x8_t magnitudes(int16x8_t samples) {
  return vreinterpretq_u16_s16(veorq_s16(samples, vshrq_n_s16(samples, 15)));
}

/// Returns segment and mantissa of 15-bit magnitudes. A magnitude with z leading zeros (of 16 bits) is in segment 8 - z. The five bits from its first
/// 1 on are 16 + mantissa. Magnitudes with more than `most_zeros` leading zeros have linear steps.
inline int16x8_t segment_and_mantissa(uint16x8_t sizes, std::uint16_t most_zeros) {
  const int16x8_t zeros = vreinterpretq_s16_u16(vminq_u16(vclzq_u16(sizes), vdupq_n_u16(most_zeros)));
  const int16x8_t steps = vreinterpretq_s16_u16(vshlq_u16(sizes, vsubq_s16(zeros, vdupq_n_s16(11))));
  return vaddq_s16(steps, vshlq_n_s16(vsubq_s16(vdupq_n_s16(7), zeros), 4));
}

struct Mulaw {
  static constexpr auto one = mulaw_of;
  static constexpr const auto& expansion = kFromMulaw;
  static uint8x8_t codes(int16x8_t samples) {
    const uint16x8_t biased = vminq_u16(vaddq_u16(magnitudes(samples), vdupq_n_u16(33 << 2)), vdupq_n_u16(0x7FFF));
    const int16x8_t code = segment_and_mantissa(biased, 8);
    const uint8x8_t sign = vand_u8(vreinterpret_u8_s8(vshrn_n_s16(samples, 8)), vdup_n_u8(0x80));
    return vmvn_u8(vorr_u8(vmovn_u16(vreinterpretq_u16_s16(code)), sign));
  }
  static int16x8_t samples(uint8x8_t codes) {
    const uint8x8_t plain = vmvn_u8(codes);
    const uint16x8_t mantissa = vaddq_u16(vshll_n_u8(vand_u8(plain, vdup_n_u8(0x0F)), 3), vdupq_n_u16(33 << 2));
    const int16x8_t segment = vreinterpretq_s16_u16(vmovl_u8(vand_u8(vshr_n_u8(plain, 4), vdup_n_u8(7))));
    const int16x8_t size = vreinterpretq_s16_u16(vsubq_u16(vshlq_u16(mantissa, segment), vdupq_n_u16(33 << 2)));
    const int16x8_t sign = vshrq_n_s16(vmovl_s8(vreinterpret_s8_u8(plain)), 15);
    return vsubq_s16(veorq_s16(size, sign), sign);
  }
};

struct Alaw {
  static constexpr auto one = alaw_of;
  static constexpr const auto& expansion = kFromAlaw;
  static uint8x8_t codes(int16x8_t samples) {
    const int16x8_t code = segment_and_mantissa(magnitudes(samples), 7);
    const uint8x8_t sign = vbic_u8(vdup_n_u8(0x80), vreinterpret_u8_s8(vshrn_n_s16(samples, 8)));
    return veor_u8(vorr_u8(vmovn_u16(vreinterpretq_u16_s16(code)), sign), vdup_n_u8(kAlternateBits));
  }
  static int16x8_t samples(uint8x8_t codes) {
    const uint8x8_t plain = veor_u8(codes, vdup_n_u8(kAlternateBits));
    const uint8x8_t segment = vand_u8(vshr_n_u8(plain, 4), vdup_n_u8(7));
    const uint16x8_t leading = vmovl_u8(vmin_u8(segment, vdup_n_u8(1)));  // The leading bit, which segment 0 does not have.
    const uint16x8_t middle = vorrq_u16(vshll_n_u8(vand_u8(plain, vdup_n_u8(0x0F)), 4), vdupq_n_u16(8));
    const uint16x8_t step = vorrq_u16(middle, vshlq_n_u16(leading, 8));
    const int16x8_t shift = vreinterpretq_s16_u16(vmovl_u8(vqsub_u8(segment, vdup_n_u8(1))));
    const int16x8_t size = vreinterpretq_s16_u16(vshlq_u16(step, shift));
    const int16x8_t sign = vshrq_n_s16(vmovl_s8(vreinterpret_s8_u8(vmvn_u8(codes))), 15);
    return vsubq_s16(veorq_s16(size, sign), sign);
  }
};

template <class Law>
inline void encode_block(const std::int16_t* in, std::uint8_t* out) {
  vst1q_u8(out, vcombine_u8(Law::codes(vld1q_s16(in)), Law::codes(vld1q_s16(in + 8))));
}

template <class Law>
void encode(const std::int16_t* in, std::uint8_t* out, std::size_t count) noexcept {
  std::size_t at = 0;
  for (; at + kBlock <= count; at += kBlock) encode_block<Law>(in + at, out + at);
  if (at == count) return;
  if (count >= kBlock) return encode_block<Law>(in + count - kBlock, out + count - kBlock);  // Encodes some samples twice.
  for (; at < count; ++at) out[at] = Law::one(in[at]);
}

template <class Law>
inline void decode_block(const std::uint8_t* in, std::int16_t* out) {
  const uint8x16_t codes = vld1q_u8(in);
  vst1q_s16(out, Law::samples(vget_low_u8(codes)));
  vst1q_s16(out + 8, Law::samples(vget_high_u8(codes)));
}

template <class Law>
void decode(const std::uint8_t* in, std::int16_t* out, std::size_t count) noexcept {
  std::size_t at = 0;
  for (; at + kBlock <= count; at += kBlock) decode_block<Law>(in + at, out + at);
  if (at == count) return;
  if (count >= kBlock) return decode_block<Law>(in + count - kBlock, out + count - kBlock);
  for (; at < count; ++at) out[at] = Law::expansion[in[at]];
}

}  // namespace

const G711Kernels kG711Neon{"neon", encode<Mulaw>, encode<Alaw>, decode<Mulaw>, decode<Alaw>};

}  // namespace offhook::inline v0::media::detail

#endif
