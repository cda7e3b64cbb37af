#pragma once

#include <offhook/rtp/e_model.hpp>
#include <offhook/rtp/extended_report.hpp>
#include <offhook/rtp/loss_pattern.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::rtp {

/// What was measured of one call, towards us.
struct CallMeasures {
  LossFigures loss{};
  double packet_ms = 20;                          ///< of each packet's sound: ptime
  double jitter_ms = 0;                           ///< RFC 3550 section 6.4.1
  double buffer_ms = 0;                           ///< what the jitter buffer adds
  std::optional<double> round_trip_ms;            ///< from RTCP; nothing: unknown, and not counted
  std::optional<double> echo_return_loss_db;      ///< of our voice on its way back; nothing: unknown, and taken as none
  std::optional<CodecImpairment> codec;           ///< nothing: no planning value is published, so no R
};

/// One call in figures that need no codec engineer.
struct CallQuality {
  double one_way_ms = 0;                          ///< half the round trip, the buffer, and one packet to fill and play
  std::optional<double> r;                        ///< as people who converse rate it: with delay and echo. ITU-T G.107
  std::optional<double> mos_conversation;         ///< MOS-CQE, 1..4.5
  std::optional<double> mos_listening;            ///< the same without delay and echo
  QualityScale scale = QualityScale::Narrowband;  ///< figures of different scales must not be compared
};

[[nodiscard]] CallQuality assess(const CallMeasures& measures) noexcept;

/// The levels that only samples tell, for to_voip_metrics().
struct SoundLevels {
  std::optional<double> signal_dbov, noise_dbov;  ///< of speech; of what is between
};
/// As RFC 3611 section 4.7 reports it about `ssrc`. R and MOS of the wideband scale are left out: the block knows one scale.
[[nodiscard]] VoipMetrics to_voip_metrics(std::uint32_t ssrc, const CallMeasures& measures, const SoundLevels& levels) noexcept;

}  // namespace offhook::inline v0::rtp
