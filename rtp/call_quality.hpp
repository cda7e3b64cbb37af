#pragma once

#include <offhook/rtp/e_model.hpp>
#include <offhook/rtp/extended_report.hpp>
#include <offhook/rtp/loss_pattern.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::rtp {

/// The measurements of one call, for the direction from the peer to us.
struct CallMeasures {
  LossFigures loss{};
  double packet_ms = 20;                          ///< audio in each packet (ptime), in ms
  double jitter_ms = 0;                           ///< interarrival jitter (RFC 3550 section 6.4.1), in ms
  double buffer_ms = 0;                           ///< delay that the jitter buffer adds, in ms
  std::optional<double> round_trip_ms;            ///< from RTCP, in ms; nullopt if unknown: it then counts as 0
  std::optional<double> echo_return_loss_db;      ///< loss between our voice as sent and its echo; nullopt if unknown, and treated as no echo
  std::optional<CodecImpairment> codec;           ///< nullopt if no planning value is published; the call then has no R
};

/// The quality of one call, as figures for readers without knowledge of codecs.
struct CallQuality {
  double one_way_ms = 0;                          ///< half the round trip, plus the jitter buffer, plus one packet to fill and play, in ms
  std::optional<double> r;                        ///< rating of a conversation, with delay and echo: ITU-T G.107; nullopt without CallMeasures::codec
  std::optional<double> mos_conversation;         ///< MOS-CQE, 1..4.5
  std::optional<double> mos_listening;            ///< MOS-LQE, 1..4.5: the score without the effects of delay and echo
  QualityScale scale = QualityScale::Narrowband;  ///< figures of different scales are not comparable
};

[[nodiscard]] CallQuality assess(const CallMeasures& measures) noexcept;

/// Levels for to_voip_metrics(), measured in decoded samples.
struct SoundLevels {
  std::optional<double> signal_dbov, noise_dbov;  ///< level of the speech, and level of the noise between speech, in dBov
};
/// Returns the VoIP metrics block of RFC 3611 section 4.7 about `ssrc`. The block has a narrowband scale only: it omits R and MOS of the wideband scale.
[[nodiscard]] VoipMetrics to_voip_metrics(std::uint32_t ssrc, const CallMeasures& measures, const SoundLevels& levels) noexcept;

}  // namespace offhook::inline v0::rtp
