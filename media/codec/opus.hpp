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

// Opus by libopus, RFC 6716, mono. The RTP clock is 48,000 Hz at every sampling rate (RFC 7587 section 4.1): 20 ms are 960 units
// of the timestamp, and a payload's octets say nothing of its duration; opus_samples() does.

inline constexpr std::uint32_t kOpusClockHz = 48000;
inline constexpr std::size_t kMaxOpusPayload = 7680;     ///< octets taken by the decoder: 120 ms at 510 kbit/s need 7,650
inline constexpr std::size_t kMaxOpusFrameOctets = 1275;  ///< of 20 ms and less: RFC 6716 section 3.2
inline constexpr std::uint32_t kMinOpusBitrate = 6000, kMaxOpusBitrate = 510000;  ///< RFC 7587 section 6.1

/// 8000, 16000, 24000 and 48000: those that this engine uses of libopus' five.
[[nodiscard]] constexpr bool is_opus_rate(std::uint32_t rate_hz) {
  return rate_hz == 8000 || rate_hz == 16000 || rate_hz == 24000 || rate_hz == 48000;
}
/// How far a timestamp goes on with `samples` of `rate_hz`, one of those four: RFC 7587 section 4.1.
[[nodiscard]] constexpr std::uint32_t opus_clock_units(std::size_t samples, std::uint32_t rate_hz) {
  return static_cast<std::uint32_t>(samples * (kOpusClockHz / rate_hz));
}

/// How long a payload plays, in samples at `rate_hz`: by its first two octets. Errors: BadPayload (empty, longer than
/// kMaxOpusPayload, over 120 ms).
[[nodiscard]] base::Result<std::size_t, CodecError> opus_samples(base::Bytes payload, std::uint32_t rate_hz) noexcept;
/// Whether a payload brings a coarse copy of the one before it: RFC 6716 section 4.2.4. False for what cannot be read.
[[nodiscard]] bool has_opus_fec(base::Bytes payload) noexcept;
/// What DTX leaves of a frame need not be sent: RFC 7587 section 3.1.3.
[[nodiscard]] constexpr bool is_opus_dtx(std::size_t payload_octets) { return payload_octets <= 2; }

struct OpusEncoderOptions {
  std::uint32_t rate_hz = 16000;                 ///< of what goes in
  std::uint32_t bitrate = 20000;                 ///< brought into 6000..510000
  std::uint32_t max_playback_rate_hz = 48000;    ///< the peer's: no more of the band is coded than it can play
  bool constant_bitrate = false, in_band_fec = false, dtx = false;  ///< as the peer likes it: RFC 7587 section 6.1
  std::uint8_t expected_loss_percent = 10;       ///< how much of the bitrate in-band FEC may take
  std::uint8_t complexity = 5;                   ///< 0..10
};

/// One encoder per sent stream, fed in order. Allocates in the constructor alone, which ends the process when the rate is none of
/// the four or memory is out.
class OpusEncoder {
 public:
  explicit OpusEncoder(OpusEncoderOptions options = {});

  /// in      2.5, 5, 10, 20, 40 or 60 ms, mono
  /// out     a smaller one than kMaxOpusFrameOctets per 20 ms costs quality, never a failure
  /// returns octets of the payload; is_opus_dtx() says which of them may stay unsent
  /// errors  BadFrame, OutputTooSmall (nothing at all); then nothing happens
  /// cost    some 100 us per 20 ms, by complexity and bitrate; no allocation
  [[nodiscard]] base::Result<std::size_t, CodecError> encode(std::span<const std::int16_t> in, std::span<std::uint8_t> out) noexcept;
  /// What is encoded next comes out so many samples late, at the encoder's rate.
  [[nodiscard]] std::size_t lookahead() const noexcept { return lookahead_; }
  /// Takes effect with the next frame.
  void set_bitrate(std::uint32_t bitrate) noexcept;
  void set_expected_loss(std::uint8_t percent) noexcept;
  void reset() noexcept;

 private:
  [[nodiscard]] ::OpusEncoder* state() noexcept;

  std::unique_ptr<std::byte[]> storage_;
  std::uint32_t rate_hz_;
  std::size_t lookahead_ = 0;
};

/// One decoder per received stream. Any Opus packet can be decoded at any of the four rates; stereo ones become mono.
class OpusDecoder {
 public:
  explicit OpusDecoder(std::uint32_t rate_hz = 16000);

  /// out     [>= opus_samples(payload)]
  /// returns samples written
  /// errors  BadPayload, OutputTooSmall; the decoder can go on after either
  [[nodiscard]] base::Result<std::size_t, CodecError> decode(base::Bytes payload, std::span<std::int16_t> out) noexcept;
  /// The payload before `next` was lost, and `next` is here in time: its in-band FEC takes the lost one's place, or concealment
  /// where it brings none. `next` itself is decoded afterwards. `out` is as long as what was lost: errors as conceal()'s, and
  /// BadPayload.
  [[nodiscard]] base::Result<std::size_t, CodecError> decode_lost(base::Bytes next, std::span<std::int16_t> out) noexcept;
  /// Makes up what was lost, or what DTX left out (then it is comfort noise): `out` is a multiple of 2.5 ms, at most 120.
  /// Errors: BadFrame.
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
