#pragma once

#include <offhook/base/result.hpp>
#include <offhook/media/codec/codec_error.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

// ITU-T G.711 (11/88), 8000 Hz mono, one octet per sample; RFC 3551 section 4.5.14. For each of the 65,536 inputs and 256 codes, the results are
// equal to the recommendation's tables and the ITU-T STL vectors (tests/media/codec/g711_test.cpp). int16 is full scale: mu-law uses its upper 14 bits
// (|decoded| <= 32124), A-law its upper 13 (|decoded| <= 32256).

[[nodiscard]] std::uint8_t encode_mulaw(std::int16_t sample) noexcept;
[[nodiscard]] std::uint8_t encode_alaw(std::int16_t sample) noexcept;
[[nodiscard]] std::int16_t decode_mulaw(std::uint8_t code) noexcept;
[[nodiscard]] std::int16_t decode_alaw(std::uint8_t code) noexcept;

inline constexpr std::uint8_t kMulawSilence = 0xFF;  ///< the code of +0
inline constexpr std::uint8_t kAlawSilence = 0xD5;   ///< the code of +1/2 of the smallest step: A-law has no zero

namespace detail {

// These functions check nothing.
void encode_mulaw(const std::int16_t* in, std::uint8_t* out, std::size_t count) noexcept;
void encode_alaw(const std::int16_t* in, std::uint8_t* out, std::size_t count) noexcept;
void decode_mulaw(const std::uint8_t* in, std::int16_t* out, std::size_t count) noexcept;
void decode_alaw(const std::uint8_t* in, std::int16_t* out, std::size_t count) noexcept;

/// This function and all functions that use it are inline. Otherwise the compiler would assemble the result in memory from a size and a flag, and
/// load it into registers. The load would wait until all earlier stores, including those of the frame, have reached the cache. This wait would take
/// half of the encoding time.
template <class In, class Out>
base::Result<std::size_t, CodecError> if_it_fits(std::span<const In> in, std::span<Out> out,
                                                 void (&convert)(const In*, Out*, std::size_t) noexcept) noexcept {
  if (out.size() < in.size()) return base::fail(CodecError::OutputTooSmall);
  convert(in.data(), out.data(), in.size());
  return in.size();
}

}  // namespace detail

/// The next four functions convert n samples or codes.
///
/// in      [n] samples or codes, at any address that is valid for their type
/// out     [>= n]; may not overlap `in`, not even at the same address: the last samples may be converted twice
/// returns n
/// errors  OutputTooSmall when out.size() < n; then nothing is written
/// cost    with AVX2 under 2 instructions per sample. Uses the widest instructions of this machine (codec/detail, chosen at the
///         first call). No allocation; safe on the audio thread
[[nodiscard]] inline base::Result<std::size_t, CodecError> encode_mulaw(std::span<const std::int16_t> in,
                                                                        std::span<std::uint8_t> out) noexcept {
  return detail::if_it_fits(in, out, detail::encode_mulaw);
}
[[nodiscard]] inline base::Result<std::size_t, CodecError> encode_alaw(std::span<const std::int16_t> in,
                                                                       std::span<std::uint8_t> out) noexcept {
  return detail::if_it_fits(in, out, detail::encode_alaw);
}
[[nodiscard]] inline base::Result<std::size_t, CodecError> decode_mulaw(std::span<const std::uint8_t> in,
                                                                        std::span<std::int16_t> out) noexcept {
  return detail::if_it_fits(in, out, detail::decode_mulaw);
}
[[nodiscard]] inline base::Result<std::size_t, CodecError> decode_alaw(std::span<const std::uint8_t> in,
                                                                       std::span<std::int16_t> out) noexcept {
  return detail::if_it_fits(in, out, detail::decode_alaw);
}

}  // namespace offhook::inline v0::media
