#pragma once

#include <offhook/base/result.hpp>
#include <offhook/media/codec/codec_error.hpp>

#include <cstdint>
#include <memory>
#include <span>

struct g722_encode_state_s;
struct g722_decode_state_s;

namespace offhook::inline v0::media {

/// G.722 at 64 kbit/s by spandsp: 16,000 Hz mono, one octet per two samples, payload type 9. Its RTP clock is 8000 Hz all the
/// same (RFC 3551 section 4.5.2), so that 20 ms are 320 samples, 160 octets and 160 timestamp units. State is adaptive: one
/// encoder per sent and one decoder per received stream, fed in order; reset() where the far end begins anew.
/// Allocates in the constructor alone. About 20 us of scalar code per 20 ms and direction.
class G722Encoder {
 public:
  G722Encoder();
  /// in [even n] samples; out [>= n/2] octets; returns n/2. Errors: OddInput, OutputTooSmall; then nothing is written.
  [[nodiscard]] base::Result<std::size_t, CodecError> encode(std::span<const std::int16_t> in,
                                                             std::span<std::uint8_t> out) noexcept;
  void reset() noexcept;

 private:
  struct Release { void operator()(g722_encode_state_s* state) const noexcept; };
  std::unique_ptr<g722_encode_state_s, Release> state_;
};

class G722Decoder {
 public:
  G722Decoder();
  /// in [n] octets; out [>= 2n] samples; returns 2n. Errors: OutputTooSmall; then nothing is written.
  [[nodiscard]] base::Result<std::size_t, CodecError> decode(std::span<const std::uint8_t> in,
                                                             std::span<std::int16_t> out) noexcept;
  void reset() noexcept;

 private:
  struct Release { void operator()(g722_decode_state_s* state) const noexcept; };
  std::unique_ptr<g722_decode_state_s, Release> state_;
};

}  // namespace offhook::inline v0::media
