#include <offhook/media/codec/g711.hpp>

#include <algorithm>
#include <array>
#include <bit>

namespace offhook::inline v0::media {
namespace {

// Magnitudes are taken by one's complement, not by negation: the recommendation's decision values lie so that negative inputs
// on a boundary belong to the smaller step (G.191 does the same), and -32768 needs no case of its own.
constexpr unsigned magnitude(std::int16_t sample) { return static_cast<unsigned>(sample ^ (sample >> 15)); }

constexpr std::uint8_t kAlternateBits = 0x55;  // Even bits inverted: ITU-T G.711 section 3, note 1 to table 1a

constexpr std::int16_t expand_mulaw(std::uint8_t code) {
  const auto plain = static_cast<std::uint8_t>(~code);
  const int segment = plain >> 4 & 7;
  const int value = ((((plain & 0x0F) * 2 + 33) << segment) - 33) * 4;
  return static_cast<std::int16_t>((plain & 0x80) != 0 ? -value : value);
}

constexpr std::int16_t expand_alaw(std::uint8_t code) {
  const auto plain = static_cast<std::uint8_t>(code ^ kAlternateBits);
  const int segment = plain >> 4 & 7;
  const int step = (plain & 0x0F) * 2 + 1 + (segment != 0 ? 32 : 0);
  const int value = (step << std::max(segment - 1, 0)) * 8;
  return static_cast<std::int16_t>((plain & 0x80) != 0 ? value : -value);
}

template <class Expand>
constexpr std::array<std::int16_t, 256> make_table(Expand expand) {
  std::array<std::int16_t, 256> table{};
  for (std::size_t code = 0; code < table.size(); ++code) table[code] = expand(static_cast<std::uint8_t>(code));
  return table;
}

constexpr auto kFromMulaw = make_table(expand_mulaw);
constexpr auto kFromAlaw = make_table(expand_alaw);

template <class In, class Out, class Convert>
base::Result<std::size_t, CodecError> convert(std::span<const In> in, std::span<Out> out, Convert one) noexcept {
  if (out.size() < in.size()) return base::fail(CodecError::OutputTooSmall);
  std::transform(in.begin(), in.end(), out.begin(), one);
  return in.size();
}

}  // namespace

std::uint8_t encode_mulaw(std::int16_t sample) noexcept {
  constexpr unsigned kBias = 33, kClip = 8191;
  const unsigned biased = std::min((magnitude(sample) >> 2) + kBias, kClip);
  const unsigned segment = static_cast<unsigned>(std::bit_width(biased)) - 6;
  const unsigned code = (sample < 0 ? 0x80u : 0u) | segment << 4 | (biased >> (segment + 1) & 0x0F);
  return static_cast<std::uint8_t>(~code);
}

std::uint8_t encode_alaw(std::int16_t sample) noexcept {
  const unsigned steps = magnitude(sample) >> 4;
  const unsigned segment = steps < 32 ? steps >> 4 : static_cast<unsigned>(std::bit_width(steps)) - 4;
  const unsigned code = (sample < 0 ? 0u : 0x80u) | segment << 4 | (steps >> (segment > 1 ? segment - 1 : 0) & 0x0F);
  return static_cast<std::uint8_t>(code ^ kAlternateBits);
}

std::int16_t decode_mulaw(std::uint8_t code) noexcept { return kFromMulaw[code]; }
std::int16_t decode_alaw(std::uint8_t code) noexcept { return kFromAlaw[code]; }

base::Result<std::size_t, CodecError> encode_mulaw(std::span<const std::int16_t> in, std::span<std::uint8_t> out) noexcept {
  return convert(in, out, [](std::int16_t sample) { return encode_mulaw(sample); });
}
base::Result<std::size_t, CodecError> encode_alaw(std::span<const std::int16_t> in, std::span<std::uint8_t> out) noexcept {
  return convert(in, out, [](std::int16_t sample) { return encode_alaw(sample); });
}
base::Result<std::size_t, CodecError> decode_mulaw(std::span<const std::uint8_t> in, std::span<std::int16_t> out) noexcept {
  return convert(in, out, [](std::uint8_t code) { return kFromMulaw[code]; });
}
base::Result<std::size_t, CodecError> decode_alaw(std::span<const std::uint8_t> in, std::span<std::int16_t> out) noexcept {
  return convert(in, out, [](std::uint8_t code) { return kFromAlaw[code]; });
}

}  // namespace offhook::inline v0::media
