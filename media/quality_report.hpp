#pragma once

#include <offhook/media/media_plan.hpp>
#include <offhook/rtp/call_quality.hpp>

#include <optional>
#include <string>

namespace offhook::inline v0::media {

/// A leg's counters in figures that people read: for a record, a status page and metrics. A few microseconds: not for a worker.
struct QualityReport {
  rtp::LossFigures loss;
  rtp::CallQuality quality;             ///< the echo is left out: whoever hears ours is a machine
  SoundFigures heard;
  double packet_ms = 20;
  double jitter_ms = 0, buffer_ms = 0;
  std::optional<double> round_trip_ms;
  std::optional<double> echo_return_loss_db;
  OneWay one_way, one_way_ever;
  rtp::PlayedSamples played;
  std::optional<double> peers_mos;      ///< of what the peer hears of us, as it says itself: narrowband, in conversation
};
[[nodiscard]] QualityReport report_of(const LegStatistics& leg);

/// What the report says to the peer in RTCP XR about `ssrc`, the stream that it sends. RFC 3611 section 4.7.
[[nodiscard]] rtp::VoipMetrics voip_metrics_of(const LegStatistics& leg, std::uint32_t ssrc);

/// "nothing comes", "only silence comes", "the peer hears nothing", several with a comma between; "" for none.
[[nodiscard]] std::string to_string(const OneWay& one_way);

}  // namespace offhook::inline v0::media
