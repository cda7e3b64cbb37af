#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>
#include <offhook/media/codec/codec_error.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

struct OpusEncoder;
struct OpusDecoder;

namespace offhook::inline v0::media {

// Opus by libopus, RFC 6716, mono. The RTP clock is 48,000 Hz at every sampling rate (RFC 7587 section 4.1): 20 ms are 960 timestamp units. The
// number of a payload's octets does not give its duration; opus_samples() returns it.

inline constexpr std::uint32_t kOpusClockHz = 48000;
inline constexpr std::size_t kMaxOpusPayload = 7680;     ///< the decoder's limit in octets: 120 ms at 510 kbit/s need 7,650
inline constexpr std::size_t kMaxOpusFrameOctets = 1275;  ///< limit for frames of at most 20 ms: RFC 6716 section 3.2
inline constexpr std::uint32_t kMinOpusBitrate = 6000, kMaxOpusBitrate = 510000;  ///< RFC 7587 section 6.1

/// Returns true for 8000, 16000, 24000 and 48000, the four of libopus' five rates that Offhook uses.
[[nodiscard]] constexpr bool is_opus_rate(std::uint32_t rate_hz) {
  return rate_hz == 8000 || rate_hz == 16000 || rate_hz == 24000 || rate_hz == 48000;
}
/// Returns the number of timestamp units for `samples` at `rate_hz`, which is one of the four rates: RFC 7587 section 4.1.
[[nodiscard]] constexpr std::uint32_t opus_clock_units(std::size_t samples, std::uint32_t rate_hz) {
  return static_cast<std::uint32_t>(samples * (kOpusClockHz / rate_hz));
}

/// Returns the duration of a payload in samples at `rate_hz`, from its first two octets. Errors: BadPayload (the payload is empty, is longer than
/// kMaxOpusPayload, or lasts more than 120 ms).
[[nodiscard]] base::Result<std::size_t, CodecError> opus_samples(base::Bytes payload, std::uint32_t rate_hz) noexcept;
/// Returns true if a payload contains a coarse copy of the payload before it: RFC 6716 section 4.2.4. Returns false for an invalid payload.
[[nodiscard]] bool has_opus_fec(base::Bytes payload) noexcept;
/// Returns true if the payload is so short that DTX need not send it: RFC 7587 section 3.1.3.
[[nodiscard]] constexpr bool is_opus_dtx(std::size_t payload_octets) { return payload_octets <= 2; }

struct OpusEncoderOptions {
  std::uint32_t rate_hz = 16000;                 ///< rate of the input
  std::uint32_t bitrate = 20000;                 ///< clamped to 6000..510000
  std::uint32_t max_playback_rate_hz = 48000;    ///< highest rate that the peer plays: the encoder omits higher frequencies
  bool constant_bitrate = false, in_band_fec = false, dtx = false;  ///< as the peer's parameters ask: RFC 7587 section 6.1
  std::uint8_t expected_loss_percent = 10;       ///< determines the share of the bitrate for in-band FEC
  std::uint8_t complexity = 5;                   ///< 0..10
};

/// The encoder of one sent stream; encode its frames in order. Only the constructor allocates. It ends the process if the rate is
/// not one of the four, or if there is no memory.
class OpusEncoder {
 public:
  explicit OpusEncoder(OpusEncoderOptions options = {});

  /// in      2.5, 5, 10, 20, 40 or 60 ms, mono
  /// out     if `out` has fewer than kMaxOpusFrameOctets per 20 ms, the quality is lower, but encoding does not fail
  /// returns octets of the payload; is_opus_dtx() returns true if the payload need not be sent
  /// errors  BadFrame, OutputTooSmall (no space at all); then the state does not change
  /// cost    some 100 us per 20 ms, depending on complexity and bitrate; no allocation
  [[nodiscard]] base::Result<std::size_t, CodecError> encode(std::span<const std::int16_t> in, std::span<std::uint8_t> out) noexcept;
  /// Returns the delay of the encoded audio, in samples at the encoder's rate.
  [[nodiscard]] std::size_t lookahead() const noexcept { return lookahead_; }
  /// Sets the bitrate from the next frame on.
  void set_bitrate(std::uint32_t bitrate) noexcept;
  void set_expected_loss(std::uint8_t percent) noexcept;
  void reset() noexcept;

 private:
  [[nodiscard]] ::OpusEncoder* state() noexcept;

  std::unique_ptr<std::byte[]> storage_;
  std::uint32_t rate_hz_;
  std::size_t lookahead_ = 0;
};

/// The decoder of one received stream. It decodes any Opus packet at each of the four rates, and converts stereo to mono.
class OpusDecoder {
 public:
  explicit OpusDecoder(std::uint32_t rate_hz = 16000);

  /// out     [>= opus_samples(payload)]
  /// returns samples written
  /// errors  BadPayload, OutputTooSmall; the decoder can continue after both
  [[nodiscard]] base::Result<std::size_t, CodecError> decode(base::Bytes payload, std::span<std::int16_t> out) noexcept;
  /// Call it when the payload before `next` was lost, and `next` has arrived in time. Fills `out` from the in-band FEC of `next`, or by concealment
  /// if `next` has no FEC. Decode `next` itself afterwards. `out` has the length of the lost payload. Errors: those of conceal(), and BadPayload.
  [[nodiscard]] base::Result<std::size_t, CodecError> decode_lost(base::Bytes next, std::span<std::int16_t> out) noexcept;
  /// Conceals a lost payload, or fills a pause of DTX with comfort noise. `out` lasts a multiple of 2.5 ms, at most 120 ms. Errors: BadFrame.
  [[nodiscard]] base::Result<std::size_t, CodecError> conceal(std::span<std::int16_t> out) noexcept;
  [[nodiscard]] std::uint32_t rate_hz() const noexcept { return rate_hz_; }
  void reset() noexcept;

 private:
  [[nodiscard]] ::OpusDecoder* state() noexcept;
  [[nodiscard]] bool is_concealable(std::size_t samples) const noexcept;

  std::unique_ptr<std::byte[]> storage_;
  std::uint32_t rate_hz_;
};

}  // namespace offhook::inline v0::media
