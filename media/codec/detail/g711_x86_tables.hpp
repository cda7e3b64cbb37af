#pragma once

#include <cstdint>

// What the x86 kernels share. Both laws are floating point numbers with a sign, three bits of exponent (the segment) and four of
// mantissa, and so the processor's own floats do the search for the segment:
//
//   encode  the float of a magnitude has its exponent and the upper four bits of its mantissa side by side; shifted right by 19
//           they are (127 + exponent) << 4 | mantissa, and segment 0 begins (mu-law, after the bias) or would begin (A-law) at
//           the exponent 7. A-law's segment 0 is linear: there the magnitude itself, cut to 16 steps, is the larger of the two.
//   decode  a code's two nibbles look up, each in a table of 16, a mantissa with its bias M (lower nibble), a power of two P and
//   a
//           sign; M x P and the constant that mu-law takes off, or A-law's segments over 0 add, are one multiply-and-add of pairs
//           of octets. Results are halves, and are doubled, because +128 is no signed octet.
namespace offhook::inline v0::media::detail {

inline constexpr int kSegmentZero = (127 + 7) << 4;
inline constexpr int kMulawBias = 33 << 2;  // In units of int16, where the recommendation's mu-law has 14 bits.

struct alignas(16) Nibbles {
  std::int8_t of[16];
};

struct DecodeTables {
  Nibbles mantissa;  // By the lower nibble; negative, as the sign table's -1 stands for a positive sample.
  Nibbles power;     // By the upper nibble: unsigned octets.
  Nibbles sign;      // By the upper nibble: -1 when the sample is positive (bit 7 set, in both laws), else 1.
  Nibbles addend;    // By the upper nibble: what is multiplied with `factor` and added.
  Nibbles factor;    // By the upper nibble: unsigned octets.
};

constexpr DecodeTables mulaw_tables() {
  DecodeTables tables{};
  for (int nibble = 0; nibble < 16; ++nibble) {
    const int plain = ~nibble & 0x0F;  // All bits are sent inverted.
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
    const int plain = nibble ^ 5, segment = plain & 7;  // Even bits are sent inverted.
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
