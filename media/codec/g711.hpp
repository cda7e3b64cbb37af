#pragma once

#include <offhook/base/result.hpp>
#include <offhook/media/codec/codec_error.hpp>

#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

// ITU-T G.711 (11/88), 8000 Hz mono, one octet per sample; RFC 3551 section 4.5.14. Exact for each of the 65,536 inputs and 256
// codes against the recommendation's tables and the ITU-T STL vectors (tests/media/g711_test.cpp). int16 is full scale: mu-law
// uses the upper 14 bits of it (|decoded| <= 32124), A-law the upper 13 (|decoded| <= 32256).

[[nodiscard]] std::uint8_t encode_mulaw(std::int16_t sample) noexcept;
[[nodiscard]] std::uint8_t encode_alaw(std::int16_t sample) noexcept;
[[nodiscard]] std::int16_t decode_mulaw(std::uint8_t code) noexcept;
[[nodiscard]] std::int16_t decode_alaw(std::uint8_t code) noexcept;

inline constexpr std::uint8_t kMulawSilence = 0xFF;   ///< +0
inline constexpr std::uint8_t kAlawSilence = 0xD5;    ///< +1/2 of the smallest step: A-law has no zero

/// in      [n] samples or codes, at any address that its type may have
/// out     [>= n]; may not overlap `in`, not even at the same address: the last samples may be converted twice
/// returns n
/// errors  OutputTooSmall when out.size() < n; then nothing is written
/// cost    with AVX2 under 2 instructions a sample, by the widest instructions that this machine has (codec/detail, chosen at the
///         first call); no allocation; safe on the audio thread
[[nodiscard]] base::Result<std::size_t, CodecError> encode_mulaw(std::span<const std::int16_t> in,
                                                                 std::span<std::uint8_t> out) noexcept;
[[nodiscard]] base::Result<std::size_t, CodecError> encode_alaw(std::span<const std::int16_t> in,
                                                                std::span<std::uint8_t> out) noexcept;
[[nodiscard]] base::Result<std::size_t, CodecError> decode_mulaw(std::span<const std::uint8_t> in,
                                                                 std::span<std::int16_t> out) noexcept;
[[nodiscard]] base::Result<std::size_t, CodecError> decode_alaw(std::span<const std::uint8_t> in,
                                                                std::span<std::int16_t> out) noexcept;

}  // namespace offhook::inline v0::media
