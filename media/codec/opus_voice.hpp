#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/media/codec/opus.hpp>
#include <offhook/media/codec/opus_parameters.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace offhook::inline v0::media {

/// Decodes the Opus audio that one leg receives. It decodes a packet or a gap of any length at once, returns the audio in parts of at most 20 ms, and
/// keeps the remaining audio. Times are units of 1/8000 s on the jitter buffer's scale (rtp::Piece). Only the constructor allocates.
class OpusLegDecoder {
 public:
  /// `rate_hz`: 8000, 16000 or 24000; libopus decodes at this rate, even if the sender encoded at another rate.
  explicit OpusLegDecoder(std::uint32_t rate_hz);

  /// Fills `pcm` with audio of the packet that starts at `packet`, beginning `from` units after its start. Returns false,
  /// and conceals `pcm`, if the payload is invalid.
  bool decode(base::Bytes payload, std::int64_t packet, std::int64_t from, std::span<std::int16_t> pcm);
  /// Fills `pcm` with audio for time `begin`, at which `gap` missing units start. Uses the in-band FEC of `next`, the packet after the gap, if `next`
  /// has FEC (RFC 7587 section 3.3); otherwise libopus conceals. `next` is empty if the next packet is unknown.
  void conceal(base::Bytes next, std::int64_t begin, std::int64_t gap, std::span<std::int16_t> pcm);
  /// Fills `pcm` with comfort noise during DTX (RFC 7587 section 3.1.3). Returns false, and does not change `pcm`, if the sender does not pause.
  bool rest(std::span<std::int16_t> pcm);
  /// Resets the decoder for another stream.
  void reset();
  /// Returns the additional time for which the jitter buffer should hold packets, so that in-band FEC can repair losses: the length of the peer's
  /// packets. Returns 0 if no packet had a copy for ten seconds, or none was lost for thirty seconds.
  [[nodiscard]] std::int64_t copied_units() const { return copies_left_ > 0 && losses_left_ > 0 ? packet_units_ : 0; }
  /// Returns the number of losses that in-band FEC filled.
  [[nodiscard]] std::uint64_t repaired() const { return repaired_; }

 private:
  [[nodiscard]] std::size_t samples(std::int64_t units) const { return static_cast<std::size_t>(units) * per_unit_; }
  bool take(std::int64_t at, std::span<std::int16_t> pcm) const;
  void make_up(std::span<std::int16_t> pcm);

  OpusDecoder decoder_;
  std::size_t per_unit_;                // samples in one unit
  std::vector<std::int16_t> kept_;      // space for 120 ms
  std::int64_t kept_begin_ = 0;
  std::int64_t kept_units_ = 0;         // 0 if no audio is kept
  std::int64_t packet_units_ = 0;       // duration of the last packet
  std::int64_t copies_left_ = 0;        // units of audio until the last copy is forgotten
  std::int64_t losses_left_ = 0;        // units of audio until the last loss is forgotten
  bool resting_ = false;
  std::uint64_t repaired_ = 0;
};

/// Encodes one leg's audio as Opus: takes 20 ms of samples, and returns packets of the peer's ptime. Only the constructor allocates.
class OpusLegEncoder {
 public:
  static constexpr std::size_t kMaxOctets = 640;

  /// `peer` is from the peer's a=fmtp. The packet length is the longest of 10, 20, 40 and 60 ms that is at most `ptime_ms`.
  OpusLegEncoder(std::uint32_t rate_hz, const OpusParameters& peer, std::uint16_t ptime_ms);

  /// Calls `send(payload, begins_ms)` for each packet that these 20 ms complete. `begins_ms` is the packet's start, relative to the start of these 20
  /// ms; it is at most 0 if the packet started before them. An empty payload is a packet that DTX omits. The first packet of a silence is always
  /// sent, so that the peer does not count a loss.
  template <class Send>
  void say(std::span<const std::int16_t> pcm, Send send) {
    const int before_ms = static_cast<int>(waiting_ / per_ms_);
    if (frame_.size() < pcm.size()) {
      for (std::size_t at = 0; at < pcm.size(); at += frame_.size()) send(encode(pcm.subspan(at, frame_.size())), static_cast<int>(at / per_ms_));
    } else if (add(pcm)) {
      send(encode(frame_), -before_ms);
    }
  }
  /// Drops the samples that wait until their packet is complete.
  void interrupt() { waiting_ = 0; }
  /// Returns the number of ticks until the packet with the next samples is sent.
  [[nodiscard]] std::uint64_t ticks_until_sent() const;
  /// Sets the expected loss in 1/256, as the peer's reports carry it: RFC 3550 section 6.4.1.
  void set_expected_loss(std::uint8_t fraction_lost);

 private:
  bool add(std::span<const std::int16_t> pcm);
  base::Bytes encode(std::span<const std::int16_t> pcm);

  OpusEncoder encoder_;
  std::size_t per_ms_;                  // samples in one millisecond
  bool dtx_;
  std::vector<std::int16_t> frame_;
  std::size_t waiting_ = 0;
  bool resting_ = false;                // DTX has started, and the first packet of the silence was sent
  std::array<std::uint8_t, kMaxOctets> octets_{};
};

}  // namespace offhook::inline v0::media
