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

/// Opus as one leg hears it. A packet or a gap is decoded at one go, however long it is, and played 20 ms and less at a time: what is
/// left is kept. Times are units of 1/8000 s on the jitter buffer's line (rtp::Piece). Allocates when made.
class OpusEar {
 public:
  /// `rate_hz`: 8000, 16000 or 24000; libopus decodes at it, whatever was encoded.
  explicit OpusEar(std::uint32_t rate_hz);

  /// What the packet that begins at `packet` holds from `from` units of it on, as much as `pcm` has room for. False when it is none:
  /// then `pcm` is made up.
  bool decode(base::Bytes payload, std::int64_t packet, std::int64_t from, std::span<std::int16_t> pcm);
  /// A part of the gap of `gap` units that begins at `begin` and that `next` follows: by its in-band FEC where it brings one
  /// (RFC 7587 section 3.3), else made up by libopus. `next` empty: nobody knows what follows.
  void conceal(base::Bytes next, std::int64_t begin, std::int64_t gap, std::span<std::int16_t> pcm);
  /// Silence: the noise that DTX left behind (RFC 7587 section 3.1.3). False when the sender was not resting; then `pcm` is as it was.
  bool rest(std::span<std::int16_t> pcm);
  /// Another stream begins.
  void reset();
  /// How long the peer's packets are, when they bring copies of the ones before them and such are missing: so much longer they are to
  /// be held. 0: no copies for ten seconds, or no loss for thirty.
  [[nodiscard]] std::int64_t copied_units() const { return copies_left_ > 0 && losses_left_ > 0 ? packet_units_ : 0; }
  /// Losses that in-band FEC has filled.
  [[nodiscard]] std::uint64_t repaired() const { return repaired_; }

 private:
  [[nodiscard]] std::size_t samples(std::int64_t units) const { return static_cast<std::size_t>(units) * per_unit_; }
  bool take(std::int64_t at, std::span<std::int16_t> pcm) const;
  void make_up(std::span<std::int16_t> pcm);

  OpusDecoder decoder_;
  std::size_t per_unit_;                // samples
  std::vector<std::int16_t> kept_;      // 120 ms of room
  std::int64_t kept_begin_ = 0;
  std::int64_t kept_units_ = 0;         // 0: nothing is kept
  std::int64_t packet_units_ = 0;       // of the last packet
  std::int64_t copies_left_ = 0;        // units of sound until its copies are forgotten
  std::int64_t losses_left_ = 0;        // and until the last loss is
  bool resting_ = false;
  std::uint64_t repaired_ = 0;
};

/// Opus as one leg says it: 20 ms of samples in, packets of the peer's ptime out. Allocates when made.
class OpusMouth {
 public:
  static constexpr std::size_t kMaxOctets = 640;

  /// `peer` as its a=fmtp says; `ptime_ms` becomes the longest of 10, 20, 40 and 60 that is no longer.
  OpusMouth(std::uint32_t rate_hz, const OpusParameters& peer, std::uint16_t ptime_ms);

  /// Calls `send(payload, begins_ms)` for each packet that these 20 ms complete: `begins_ms` from their begin, and 0 or less when the
  /// packet began before them. An empty payload is one that DTX leaves out: the first
  /// of a silence never is, so that it is no loss to the peer.
  template <class Send>
  void say(std::span<const std::int16_t> pcm, Send send) {
    const int before_ms = static_cast<int>(waiting_ / per_ms_);
    if (frame_.size() < pcm.size()) {
      for (std::size_t at = 0; at < pcm.size(); at += frame_.size()) send(encode(pcm.subspan(at, frame_.size())), static_cast<int>(at / per_ms_));
    } else if (add(pcm)) {
      send(encode(frame_), -before_ms);
    }
  }
  /// What waits is dropped.
  void interrupt() { waiting_ = 0; }
  /// How many ticks from now the packet leaves that holds what say() is given next.
  [[nodiscard]] std::uint64_t ticks_until_sent() const;
  /// What the peer's reports say is lost, of 256: RFC 3550 section 6.4.1.
  void set_expected_loss(std::uint8_t fraction_lost);

 private:
  bool add(std::span<const std::int16_t> pcm);
  base::Bytes encode(std::span<const std::int16_t> pcm);

  OpusEncoder encoder_;
  std::size_t per_ms_;                  // samples
  bool dtx_;
  std::vector<std::int16_t> frame_;
  std::size_t waiting_ = 0;
  bool resting_ = false;                // DTX has begun, and the peer knows
  std::array<std::uint8_t, kMaxOctets> octets_{};
};

}  // namespace offhook::inline v0::media
