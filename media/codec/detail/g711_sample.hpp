#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

// One sample of ITU-T G.711 (11/88), by arithmetic. Each faster implementation must give equal results.
namespace offhook::inline v0::media::detail {

// Like G.191, computes the magnitude by one's complement and not by negation. With the recommendation's decision values, a negative input on a
// boundary belongs to the smaller step. -32768 needs no special case.
constexpr unsigned magnitude(std::int16_t sample) {
  return static_cast<unsigned>(sample ^ (sample >> 15));
}

constexpr std::uint8_t kAlternateBits = 0x55;  // inverts the even bits: ITU-T G.711 section 3, note 1 to table 1a

constexpr std::uint8_t mulaw_of(std::int16_t sample) {
  constexpr unsigned kBias = 33, kClip = 8191;
  const unsigned biased = std::min((magnitude(sample) >> 2) + kBias, kClip);
  const unsigned segment = static_cast<unsigned>(std::bit_width(biased)) - 6;
  const unsigned code = (sample < 0 ? 0x80u : 0u) | segment << 4 | (biased >> (segment + 1) & 0x0F);
  return static_cast<std::uint8_t>(~code);
}

constexpr std::uint8_t alaw_of(std::int16_t sample) {
  const unsigned steps = magnitude(sample) >> 4;
  const unsigned segment = steps < 32 ? steps >> 4 : static_cast<unsigned>(std::bit_width(steps)) - 4;
  const unsigned code = (sample < 0 ? 0u : 0x80u) | segment << 4 | (steps >> (segment > 1 ? segment - 1 : 0) & 0x0F);
  return static_cast<std::uint8_t>(code ^ kAlternateBits);
}

constexpr std::int16_t of_mulaw(std::uint8_t code) {
  const auto plain = static_cast<std::uint8_t>(~code);
  const int segment = plain >> 4 & 7;
  const int value = ((((plain & 0x0F) * 2 + 33) << segment) - 33) * 4;
  return static_cast<std::int16_t>((plain & 0x80) != 0 ? -value : value);
}

constexpr std::int16_t of_alaw(std::uint8_t code) {
  const auto plain = static_cast<std::uint8_t>(code ^ kAlternateBits);
  const int segment = plain >> 4 & 7;
  const int step = (plain & 0x0F) * 2 + 1 + (segment != 0 ? 32 : 0);
  const int value = (step << std::max(segment - 1, 0)) * 8;
  return static_cast<std::int16_t>((plain & 0x80) != 0 ? value : -value);
}

template <class Expand>
constexpr std::array<std::int16_t, 256> expansion_table(Expand expand) {
  std::array<std::int16_t, 256> table{};
  for (std::size_t code = 0; code < table.size(); ++code) table[code] = expand(static_cast<std::uint8_t>(code));
  return table;
}

inline constexpr auto kFromMulaw = expansion_table(of_mulaw);
inline constexpr auto kFromAlaw = expansion_table(of_alaw);

}  // namespace offhook::inline v0::media::detail
