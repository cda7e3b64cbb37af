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

/// L16 at 8000 Hz, and L16Wide at 16000: RFC 3551 section 4.5.11.
enum class AudioCodec : std::uint8_t { Pcmu, Pcma, G722, Opus, L16, L16Wide };
inline constexpr std::array kAudioCodecs{AudioCodec::Pcmu, AudioCodec::Pcma, AudioCodec::G722,
                                         AudioCodec::Opus, AudioCodec::L16,  AudioCodec::L16Wide};

/// Of the sound that it carries; of Opus the highest of its rates.
[[nodiscard]] constexpr std::uint32_t sample_rate_hz(AudioCodec codec) {
  if (codec == AudioCodec::Opus) return 48000;
  return codec == AudioCodec::G722 || codec == AudioCodec::L16Wide ? 16000 : 8000;
}
/// Of its timestamps: that of G.722 is one of history, RFC 3551 section 4.5.2.
[[nodiscard]] constexpr std::uint32_t rtp_clock_hz(AudioCodec codec) {
  return codec == AudioCodec::G722 ? 8000 : sample_rate_hz(codec);
}
/// Whether it carries more of a voice than 4 kHz.
[[nodiscard]] constexpr bool is_wide(AudioCodec codec) { return sample_rate_hz(codec) > 8000; }

/// A codec that the peer may send besides the one that was agreed on: RFC 3264 section 10.2.
struct ReceivableCodec {
  AudioCodec codec = AudioCodec::Pcmu;
  std::uint8_t payload_type = 0;
  friend bool operator==(const ReceivableCodec&, const ReceivableCodec&) = default;
};
inline constexpr std::size_t kMaxAlsoReceivable = kAudioCodecs.size() - 1;

/// telephone-event of another clock than the audio's: beside codecs of several clocks it has a number for each (RFC 4733 section 2.1).
struct EventNumber {
  std::uint8_t payload_type = 0;
  std::uint32_t clock_hz = 8000;
  friend bool operator==(const EventNumber&, const EventNumber&) = default;
};

/// What offer/answer agreed on, as the engine needs it. May be replaced at any time (re-INVITE).
struct MediaPlan {
  AudioCodec codec = AudioCodec::Pcmu;
  std::uint8_t send_payload_type = 0;                ///< the peer's number (RFC 3264 section 5.1)
  std::uint8_t receive_payload_type = 0;             ///< ours
  std::array<std::optional<ReceivableCodec>, kMaxAlsoReceivable> also_receivable{};
  std::optional<std::uint8_t> send_events;           ///< telephone-event, peer's number; nothing: our digits go as tones
  std::optional<std::uint8_t> receive_events;
  std::uint32_t event_clock_hz = 8000;               ///< of both; the audio's own where the peer knows it
  std::optional<EventNumber> also_receive_events;    ///< for the codecs that are also receivable
  OpusParameters opus{};                             ///< the peer's; only of Opus
  std::uint16_t ptime_ms = 20;                       ///< of what we send: 10..60, a multiple of 10; others are rounded down to one
  base::SocketAddress remote_rtp;                    ///< from SDP; unspecified ip: nothing is sent until a source is learnt
  base::SocketAddress remote_rtcp;
  base::IpAddress signalling_host;                   ///< where the peer's SIP messages come from; unspecified: unknown
  rtp::SourceRule source_rule = rtp::SourceRule::PeerHosts;  ///< which sources besides `remote_rtp` may be learnt
  bool send = true;                                  ///< direction as agreed: hold stops what it must
  bool receive = true;
  bool send_comfort_noise = false;                   ///< the peer takes RFC 3389's, as payload type kComfortNoiseType
  bool send_voip_metrics = false;                    ///< the peer asked for them in RTCP XR: RFC 3611 section 5.2

  /// What arrives under `payload_type`, if it is audio.
  [[nodiscard]] std::optional<AudioCodec> codec_of(std::uint8_t payload_type) const {
    if (payload_type == receive_payload_type) return codec;
    for (const auto& also : also_receivable) {
      if (also && also->payload_type == payload_type) return also->codec;
    }
    return std::nullopt;
  }
  /// The clock of telephone-event that arrives under `payload_type`, if it does.
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

/// Whether whoever sends to us has to be learnt anew when `after` takes the place of `before`: the peer moved, or was silent by
/// agreement, in which time its NAT may have given it another address. A repeated answer and a session refresh change neither, and
/// open no door to strangers (RTP Bleed: CVE-2017-14099). Nor does another codec: it comes from where the last one came from. What
/// else the peer may send differs at each refresh, by who offered: our answer names one codec, theirs many.
[[nodiscard]] inline bool learns_anew(const MediaPlan& before, const MediaPlan& after) {
  return before.remote_rtp != after.remote_rtp || before.remote_rtcp != after.remote_rtcp || (!before.receive && after.receive);
}

/// What a leg has seen so far: a snapshot, taken by the worker. Counters alone: report_of() (media/quality_report.hpp) says what they mean.
struct LegStatistics {
  std::uint64_t packets_received = 0, packets_sent = 0, bytes_received = 0, bytes_sent = 0;
  std::uint64_t packets_lost = 0, packets_late = 0, packets_duplicate = 0, refused_payload = 0, malformed = 0;
  std::uint64_t packets_overflowed = 0;              ///< the oldest of more than the jitter buffer holds: docs/limits.md
  std::uint64_t packets_unplaced = 0;                ///< dropped: neither arrival nor sequence number agreed with the timestamp
  std::uint64_t refused_source = 0;                  ///< strangers' packets; while the socket is tied to its peer the kernel refuses them itself
  std::uint64_t send_failed = 0;                     ///< datagrams that the socket did not take
  std::uint64_t packets_passed = 0;                  ///< of packets_sent: another leg's, as they came (Engine::relay)
  std::uint64_t packets_unpassed = 0;                ///< another leg's that had no place here (rtp::TranslatorStatistics)
  std::uint64_t digits_ignored = 0, digits_unsent = 0;  ///< the caller's beyond the limits; ours that were too many, or of a relayed leg
  std::uint64_t events_dropped = 0, heard_dropped = 0;  ///< of the port's rings: the conversation was late
  std::uint64_t frames_concealed = 0, frames_played = 0;
  std::uint32_t jitter_us = 0, jitter_buffer_ms = 0;
  std::optional<std::uint32_t> round_trip_us;        ///< from RTCP
  std::optional<base::SocketAddress> source;         ///< locked RTP source
  AudioCodec codec = AudioCodec::Pcmu;               ///< agreed on
  std::uint32_t packet_us = 0;                       ///< of sound in each of the peer's packets; 0: unknown
  rtp::LossPattern losses;
  rtp::PlayedSamples played;
  std::optional<rtp::VoipMetrics> peers_view;        ///< of what we send, as the peer's last RTCP XR told it
  SoundMeter heard;
  OneWay one_way, one_way_ever;                      ///< now; at any time so far
  std::optional<float> echo_return_loss_db;          ///< of what we say, when it comes back
};

}  // namespace offhook::inline v0::media
