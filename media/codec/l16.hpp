#pragma once

#include <offhook/base/result.hpp>
#include <offhook/media/codec/codec_error.hpp>

#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

// L16 (RFC 3551 section 4.5.11): linear samples of 16 bits in network byte order, at any rate. Channels alternate sample by sample (RFC 3551 section 4.1).
// Payload type 10 is 44.1 kHz in two channels, payload type 11 is 44.1 kHz in one channel; other rates have dynamic payload types.

/// Encodes the n samples of `in` to `out`, which must have at least 2n octets and may not overlap `in`. Returns 2n. Error: OutputTooSmall; `out` is
/// then unchanged. No allocation.
[[nodiscard]] base::Result<std::size_t, CodecError> encode_l16(std::span<const std::int16_t> in,
                                                               std::span<std::uint8_t> out) noexcept;
/// Decodes the n octets of `in` (n is even) to `out`, which must have at least n/2 samples. Returns n/2. Errors: OddInput, OutputTooSmall; `out` is
/// then unchanged.
[[nodiscard]] base::Result<std::size_t, CodecError> decode_l16(std::span<const std::uint8_t> in,
                                                               std::span<std::int16_t> out) noexcept;

}  // namespace offhook::inline v0::media
