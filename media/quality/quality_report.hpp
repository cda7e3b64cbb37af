#pragma once

#include <offhook/media/quality/leg_statistics.hpp>
#include <offhook/rtp/call_quality.hpp>

#include <optional>
#include <string>

namespace offhook::inline v0::media {

/// A leg's counts as figures for a record, a status page and metrics. report_of() takes a few microseconds: do not call it on a worker.
struct QualityReport {
  rtp::LossFigures loss;
  rtp::CallQuality quality;             ///< without echo, because our listener is a machine
  SoundFigures heard;
  double packet_ms = 20;
  double jitter_ms = 0, buffer_ms = 0;
  std::optional<double> round_trip_ms;
  std::optional<double> echo_return_loss_db;
  OneWay one_way, one_way_ever;
  rtp::PlayedSamples played;
  std::optional<double> peers_mos;      ///< the peer's own rating of our audio: narrowband, conversation
};
[[nodiscard]] QualityReport report_of(const LegStatistics& leg);

/// Returns the metrics about `ssrc`, the stream that the peer sends, for RTCP XR to the peer. RFC 3611 section 4.7.
[[nodiscard]] rtp::VoipMetrics voip_metrics_of(const LegStatistics& leg, std::uint32_t ssrc);

/// Returns "nothing comes", "only silence comes", "the peer hears nothing", or several of them with commas; "" if none applies.
[[nodiscard]] std::string to_string(const OneWay& one_way);

}  // namespace offhook::inline v0::media
