#pragma once

#include <cstdint>

// Constants of the x86 kernels. In both laws, a code is a floating point number with a sign, three bits of exponent (the segment) and four bits
// of mantissa. Therefore the processor's float instructions find the segment:
//
//   encode  The exponent of the magnitude's float is next to the upper four bits of its mantissa. Shifted right by 19, they are
//           (127 + exponent) << 4 | mantissa. Segment 0 starts (mu-law, after the bias) or would start (A-law) at the exponent 7.
//           Segment 0 of A-law is linear: the magnitude itself, in 16 steps, is then the larger of the two values.
//   decode  The code's two nibbles are indices of tables of 16 entries: a mantissa with its bias M (lower nibble), a power of two
//           P, and a sign. One multiply-and-add of pairs of octets computes M x P plus a constant. Mu-law subtracts this constant;
//           A-law adds it in segments above 0. The result is half the sample, and is doubled: +128 does not fit a signed octet.
namespace offhook::inline v0::media::detail {

inline constexpr int kSegmentZero = (127 + 7) << 4;
inline constexpr int kMulawBias = 33 << 2;  // in units of int16; the recommendation's mu-law has 14 bits

struct alignas(16) Nibbles {
  std::int8_t of[16];
};

struct DecodeTables {
  Nibbles mantissa;  // index: the lower nibble; negative, because the sign table has -1 for a positive sample
  Nibbles power;     // index: the upper nibble; unsigned octets
  Nibbles sign;      // index: the upper nibble; -1 if the sample is positive (bit 7 set, in both laws), else 1
  Nibbles addend;    // index: the upper nibble; it is multiplied by `factor` and added
  Nibbles factor;    // index: the upper nibble; unsigned octets
};

constexpr DecodeTables mulaw_tables() {
  DecodeTables tables{};
  for (int nibble = 0; nibble < 16; ++nibble) {
    const int plain = ~nibble & 0x0F;  // all bits are sent inverted
    tables.mantissa.of[nibble] = static_cast<std::int8_t>(-(4 * plain + 66));
    tables.power.of[nibble] = static_cast<std::int8_t>(1 << (plain & 7));
    tables.sign.of[nibble] = nibble >= 8 ? -1 : 1;
    tables.addend.of[nibble] = tables.sign.of[nibble];
    tables.factor.of[nibble] = 66;
  }
  return tables;
}

constexpr DecodeTables alaw_tables() {
  DecodeTables tables{};
  for (int nibble = 0; nibble < 16; ++nibble) {
    const int plain = nibble ^ 5, segment = plain & 7;  // even bits are sent inverted
    tables.mantissa.of[nibble] = static_cast<std::int8_t>(-(4 * plain + 2));
    tables.power.of[nibble] = static_cast<std::int8_t>(2 << (segment > 1 ? segment - 1 : 0));
    tables.sign.of[nibble] = nibble >= 8 ? -1 : 1;
    tables.addend.of[nibble] = static_cast<std::int8_t>(segment == 0 ? 0 : nibble >= 8 ? 64 : -64);
    tables.factor.of[nibble] = tables.power.of[nibble];
  }
  return tables;
}

inline constexpr DecodeTables kMulawTables = mulaw_tables();
inline constexpr DecodeTables kAlawTables = alaw_tables();

}  // namespace offhook::inline v0::media::detail
