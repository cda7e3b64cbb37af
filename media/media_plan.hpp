#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/media/codec/opus_parameters.hpp>
#include <offhook/media/one_way_watch.hpp>
#include <offhook/media/sound_meter.hpp>
#include <offhook/rtp/extended_report.hpp>
#include <offhook/rtp/loss_pattern.hpp>
#include <offhook/rtp/played_samples.hpp>
#include <offhook/rtp/source_policy.hpp>

#include <array>
#include <cstdint>
#include <optional>

namespace offhook::inline v0::media {

/// L16 is at 8000 Hz, L16Wide at 16000 Hz: RFC 3551 section 4.5.11.
enum class AudioCodec : std::uint8_t { Pcmu, Pcma, G722, Opus, L16, L16Wide };
inline constexpr std::array kAudioCodecs{AudioCodec::Pcmu, AudioCodec::Pcma, AudioCodec::G722,
                                         AudioCodec::Opus, AudioCodec::L16,  AudioCodec::L16Wide};

/// Returns the rate of the codec's audio; for Opus the highest of its rates.
[[nodiscard]] constexpr std::uint32_t sample_rate_hz(AudioCodec codec) {
  if (codec == AudioCodec::Opus) return 48000;
  return codec == AudioCodec::G722 || codec == AudioCodec::L16Wide ? 16000 : 8000;
}
/// Returns the rate of the codec's timestamps; that of G.722 has historical reasons: RFC 3551 section 4.5.2.
[[nodiscard]] constexpr std::uint32_t rtp_clock_hz(AudioCodec codec) {
  return codec == AudioCodec::G722 ? 8000 : sample_rate_hz(codec);
}
/// Returns whether the codec carries more than 4 kHz of a voice.
[[nodiscard]] constexpr bool is_wide(AudioCodec codec) { return sample_rate_hz(codec) > 8000; }

/// A codec that the peer may send besides the negotiated one: RFC 3264 section 10.2.
struct ReceivableCodec {
  AudioCodec codec = AudioCodec::Pcmu;
  std::uint8_t payload_type = 0;
  friend bool operator==(const ReceivableCodec&, const ReceivableCodec&) = default;
};
inline constexpr std::size_t kMaxAlsoReceivable = kAudioCodecs.size() - 1;

/// telephone-event with another clock than the audio's. With codecs of several clocks, it has a payload type for each clock (RFC 4733 section 2.1).
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
  std::optional<std::uint8_t> send_events;           ///< telephone-event, the peer's payload type; nullopt: our digits are sent as tones
  std::optional<std::uint8_t> receive_events;
  std::uint32_t event_clock_hz = 8000;               ///< clock of both; the audio's own clock if the peer supports it
  std::optional<EventNumber> also_receive_events;    ///< telephone-event for the codecs in also_receivable
  OpusParameters opus{};                             ///< the peer's; only for Opus
  std::uint16_t ptime_ms = 20;                       ///< duration of the packets that we send: 10..60, a multiple of 10; other values are rounded down
  base::SocketAddress remote_rtp;                    ///< from SDP; with an unspecified ip, nothing is sent until a source is learnt
  base::SocketAddress remote_rtcp;
  base::IpAddress signalling_host;                   ///< source of the peer's SIP messages; unspecified: unknown
  rtp::SourceRule source_rule = rtp::SourceRule::PeerHosts;  ///< selects the sources besides `remote_rtp` that may be learnt
  bool send = true;                                  ///< the negotiated direction; false while a hold forbids it
  bool receive = true;
  bool send_comfort_noise = false;                   ///< the peer accepts RFC 3389, with payload type kComfortNoiseType
  bool send_voip_metrics = false;                    ///< the peer asked for VoIP metrics in RTCP XR: RFC 3611 section 5.2

  /// Returns the codec of packets with `payload_type`, or nullopt if they are not audio.
  [[nodiscard]] std::optional<AudioCodec> codec_of(std::uint8_t payload_type) const {
    if (payload_type == receive_payload_type) return codec;
    for (const auto& also : also_receivable) {
      if (also && also->payload_type == payload_type) return also->codec;
    }
    return std::nullopt;
  }
  /// Returns the clock of a telephone-event with `payload_type`, or nullopt if it is none.
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

/// Returns whether the peer's source must be learnt again when `after` replaces `before`. This is true if the peer moved, or was silent by agreement,
/// because its NAT may have given it another address in the meantime. A repeated answer and a session refresh change neither, so that no stranger can
/// be learnt then (RTP Bleed: CVE-2017-14099). Another codec comes from the same source. `also_receivable` differs at each refresh by the side that
/// offered: our answer names one codec, the peer's many.
[[nodiscard]] inline bool learns_anew(const MediaPlan& before, const MediaPlan& after) {
  return before.remote_rtp != after.remote_rtp || before.remote_rtcp != after.remote_rtcp || (!before.receive && after.receive);
}

/// The counts of one leg until now: a snapshot, taken by the worker. report_of() (media/quality_report.hpp) evaluates them.
struct LegStatistics {
  std::uint64_t packets_received = 0, packets_sent = 0, bytes_received = 0, bytes_sent = 0;
  std::uint64_t packets_lost = 0, packets_late = 0, packets_duplicate = 0, refused_payload = 0, malformed = 0;
  std::uint64_t packets_overflowed = 0;              ///< dropped as the oldest, because the jitter buffer was full: docs/limits.md
  std::uint64_t packets_unplaced = 0;                ///< dropped: the timestamp agreed with neither arrival nor sequence number
  std::uint64_t refused_source = 0;                  ///< packets of strangers; while the socket is tied to its peer, the kernel refuses them itself
  std::uint64_t send_failed = 0;                     ///< datagrams that the socket refused
  std::uint64_t packets_passed = 0;                  ///< part of packets_sent: another leg's packets, relayed (Engine::relay)
  std::uint64_t packets_unpassed = 0;                ///< packets of another leg that could not be relayed (rtp::TranslatorStatistics)
  std::uint64_t digits_ignored = 0, digits_unsent = 0;  ///< the caller's digits over the limits; our digits that were too many, or on a relayed leg
  std::uint64_t events_dropped = 0, heard_dropped = 0;  ///< dropped because the port's rings were full: the conversation was late
  std::uint64_t frames_concealed = 0, frames_played = 0;
  std::uint32_t jitter_us = 0, jitter_buffer_ms = 0;
  std::optional<std::uint32_t> round_trip_us;        ///< from RTCP
  std::optional<base::SocketAddress> source;         ///< the locked RTP source
  AudioCodec codec = AudioCodec::Pcmu;               ///< the negotiated codec
  std::uint32_t packet_us = 0;                       ///< audio in each of the peer's packets; 0: unknown
  rtp::LossPattern losses;
  rtp::PlayedSamples played;
  std::optional<rtp::VoipMetrics> peers_view;        ///< quality of our audio, from the peer's last RTCP XR
  SoundMeter heard;
  OneWay one_way, one_way_ever;                      ///< faults at present, and at any time until now
  std::optional<float> echo_return_loss_db;          ///< loss between our audio and its echo
};

}  // namespace offhook::inline v0::media
