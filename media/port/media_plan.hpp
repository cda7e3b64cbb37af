#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/media/codec/opus_parameters.hpp>
#include <offhook/rtp/source_policy.hpp>

#include <array>
#include <cstdint>
#include <optional>

namespace offhook::inline v0::media {

/// L16 is at 8000 Hz, L16Wide at 16000 Hz: RFC 3551 section 4.5.11.
enum class AudioCodec : std::uint8_t { Pcmu, Pcma, G722, Opus, L16, L16Wide };
inline constexpr std::array kAudioCodecs{AudioCodec::Pcmu, AudioCodec::Pcma, AudioCodec::G722,
                                         AudioCodec::Opus, AudioCodec::L16, AudioCodec::L16Wide};

/// Returns the rate of the codec's audio; for Opus the highest of its rates.
[[nodiscard]] constexpr std::uint32_t sample_rate_hz(AudioCodec codec) {
  if (codec == AudioCodec::Opus) return 48000;
  return codec == AudioCodec::G722 || codec == AudioCodec::L16Wide ? 16000 : 8000;
}
/// Returns the rate of the codec's timestamps; that of G.722 has historical reasons: RFC 3551 section 4.5.2.
[[nodiscard]] constexpr std::uint32_t rtp_clock_hz(AudioCodec codec) {
  return codec == AudioCodec::G722 ? 8000 : sample_rate_hz(codec);
}
/// Returns true if the codec carries more than 4 kHz of a voice.
[[nodiscard]] constexpr bool is_wide(AudioCodec codec) { return sample_rate_hz(codec) > 8000; }

/// A codec that the peer may send besides the negotiated one: RFC 3264 section 10.2.
struct ReceivableCodec {
  AudioCodec codec = AudioCodec::Pcmu;
  std::uint8_t payload_type = 0;
  friend bool operator==(const ReceivableCodec&, const ReceivableCodec&) = default;
};
inline constexpr std::size_t kMaxAlsoReceivable = kAudioCodecs.size() - 1;

/// A payload type of telephone-event whose clock is not that of the audio. If the codecs have several clocks, telephone-event has a payload type for
/// each clock (RFC 4733 section 2.1).
struct EventNumber {
  std::uint8_t payload_type = 0;
  std::uint32_t clock_hz = 8000;
  friend bool operator==(const EventNumber&, const EventNumber&) = default;
};

/// The result of offer/answer, as the engine needs it. It may be replaced at any time (re-INVITE).
struct MediaPlan {
  AudioCodec codec = AudioCodec::Pcmu;
  std::uint8_t send_payload_type = 0;                ///< the peer's payload type (RFC 3264 section 5.1)
  std::uint8_t receive_payload_type = 0;             ///< our payload type
  std::array<std::optional<ReceivableCodec>, kMaxAlsoReceivable> also_receivable{};
  std::optional<std::uint8_t> send_events;           ///< the peer's payload type for telephone-event; nullopt if our digits are sent as tones
  std::optional<std::uint8_t> receive_events;
  std::uint32_t event_clock_hz = 8000;               ///< clock of send_events and receive_events; the audio's own clock if the peer supports it
  std::optional<EventNumber> also_receive_events;    ///< telephone-event for the codecs in also_receivable
  OpusParameters opus{};                             ///< the peer's parameters; only for Opus
  std::uint16_t ptime_ms = 20;                       ///< duration of the packets that we send: 10..60, a multiple of 10; other values are rounded down
  base::SocketAddress remote_rtp;                    ///< from SDP; if its ip is unspecified, nothing is sent until a source is learnt
  base::SocketAddress remote_rtcp;                   ///< equal to `remote_rtp` if RTCP uses the port of RTP: RFC 5761
  base::IpAddress signalling_host;                   ///< source of the peer's SIP messages; unspecified if it is unknown
  rtp::SourceRule source_rule = rtp::SourceRule::PeerHosts;  ///< selects the sources besides `remote_rtp` that may be learnt
  rtp::ProvenSources proven{};                       ///< further addresses of the peer that ICE has checked; nothing is sent there
  bool send = true;                                  ///< the negotiated direction; false while a hold forbids it
  bool receive = true;
  bool send_comfort_noise = false;                   ///< true if the peer accepts RFC 3389, with payload type kComfortNoiseType
  bool send_voip_metrics = false;                    ///< true if the peer asked for VoIP metrics in RTCP XR: RFC 3611 section 5.2

  [[nodiscard]] bool is_rtcp_muxed() const { return remote_rtcp == remote_rtp && remote_rtp.port != 0; }
  /// Returns the codec of packets with `payload_type`, or nullopt if they are not audio.
  [[nodiscard]] std::optional<AudioCodec> codec_of(std::uint8_t payload_type) const {
    if (payload_type == receive_payload_type) return codec;
    for (const auto& also : also_receivable) {
      if (also && also->payload_type == payload_type) return also->codec;
    }
    return std::nullopt;
  }
  /// Returns the clock of a telephone-event with `payload_type`, or nullopt if `payload_type` is not a telephone-event.
  [[nodiscard]] std::optional<std::uint32_t> event_clock_of(std::uint8_t payload_type) const {
    if (receive_events == payload_type) return event_clock_hz;
    if (also_receive_events && also_receive_events->payload_type == payload_type) return also_receive_events->clock_hz;
    return std::nullopt;
  }
  [[nodiscard]] bool receives(AudioCodec wanted) const {
    if (codec == wanted) return true;
    for (const auto& also : also_receivable) {
      if (also && also->codec == wanted) return true;
    }
    return false;
  }
};

/// Returns true if the peer's source must be learnt again when `after` replaces `before`, although its address may be the same: the peer was silent by
/// agreement, and its NAT may have given it another address in the meantime. If the address changes, Stream::start() learns again in any case; with ICE, the
/// address in a description is not that of the media. Returns false for a repeated answer and a session refresh, so that no stranger can be learnt then (RTP
/// Bleed: CVE-2017-14099). A new codec does not count, because it comes from the same source. A change of `also_receivable` does not count either, because
/// it differs at each refresh, depending on the side that offered: our answer names one codec, the peer's answer names many.
[[nodiscard]] inline bool learns_anew(const MediaPlan& before, const MediaPlan& after) { return !before.receive && after.receive; }

}  // namespace offhook::inline v0::media
