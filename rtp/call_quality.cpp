#include <offhook/rtp/call_quality.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace offhook::inline v0::rtp {
namespace {

/// Rounds `value`, and limits it to the range of `Number`.
template <class Number>
Number to_wire(double value) noexcept {
  using Limits = std::numeric_limits<Number>;
  return static_cast<Number>(std::lrint(std::clamp(value, static_cast<double>(Limits::min()), static_cast<double>(Limits::max()))));
}

std::uint8_t in_256ths(double share) noexcept { return to_wire<std::uint8_t>(std::floor(share * 256.0)); }

std::int8_t to_dbm0(const std::optional<double>& dbov) noexcept {
  if (!dbov) return kNoFigure;
  constexpr double kOverload = 6.18;  // A full-scale sine has 3.17 dBm0 (ITU-T G.711), and -3.01 dBov.
  return static_cast<std::int8_t>(std::lrint(std::clamp(*dbov + kOverload, -128.0, 126.0)));
}

double one_way(const CallMeasures& measures) noexcept { return measures.round_trip_ms.value_or(0) / 2 + measures.buffer_ms + measures.packet_ms; }

EModelInput listening(const CallMeasures& measures) noexcept {
  EModelInput input;
  input.codec = *measures.codec;
  input.loss_percent = measures.loss.missing_percent();
  input.burst_ratio = measures.loss.burst_ratio;
  return input;
}

EModelInput conversing(const CallMeasures& measures) noexcept {
  constexpr double kLeastEchoLoudness = 5, kMostEchoLoudness = 65;  // ITU-T G.107 table 2
  EModelInput input = listening(measures);
  input.absolute_delay_ms = input.mean_delay_ms = one_way(measures);
  input.round_trip_ms = 2 * input.mean_delay_ms;
  if (measures.echo_return_loss_db) {
    const double loudness = *measures.echo_return_loss_db + input.send_loudness + input.receive_loudness;
    input.talker_echo_loudness = std::clamp(loudness, kLeastEchoLoudness, kMostEchoLoudness);
  }
  return input;
}

}  // namespace

CallQuality assess(const CallMeasures& measures) noexcept {
  CallQuality quality;
  quality.one_way_ms = one_way(measures);
  if (!measures.codec) return quality;
  quality.scale = measures.codec->scale;
  quality.r = rate(conversing(measures)).r;
  quality.mos_conversation = mean_opinion_score(*quality.r, quality.scale);
  quality.mos_listening = mean_opinion_score(rate(listening(measures)).r, quality.scale);
  return quality;
}

VoipMetrics to_voip_metrics(std::uint32_t ssrc, const CallMeasures& measures, const SoundLevels& levels) noexcept {
  const LossFigures& loss = measures.loss;
  const auto expected = static_cast<double>(loss.received + loss.lost + loss.discarded);
  VoipMetrics metrics;
  metrics.ssrc = ssrc;
  if (expected > 0) {
    metrics.loss_rate = in_256ths(static_cast<double>(loss.lost) / expected);
    metrics.discard_rate = in_256ths(static_cast<double>(loss.discarded) / expected);
  }
  metrics.burst_density = in_256ths(loss.burst_density);
  metrics.gap_density = in_256ths(loss.gap_density);
  metrics.burst_ms = to_wire<std::uint16_t>(loss.burst_packets * measures.packet_ms);
  metrics.gap_ms = to_wire<std::uint16_t>(loss.gap_packets * measures.packet_ms);
  metrics.round_trip_ms = to_wire<std::uint16_t>(measures.round_trip_ms.value_or(0));
  metrics.end_system_ms = to_wire<std::uint16_t>(measures.buffer_ms + measures.packet_ms);
  metrics.signal_dbm0 = to_dbm0(levels.signal_dbov);
  metrics.noise_dbm0 = to_dbm0(levels.noise_dbov);
  metrics.gmin = kGmin;
  const CallQuality quality = assess(measures);
  if (quality.r && quality.scale == QualityScale::Narrowband) {
    metrics.r_factor = to_wire<std::uint8_t>(std::clamp(*quality.r, 0.0, 100.0));
    metrics.mos_listening = to_wire<std::uint8_t>(10 * *quality.mos_listening);
    metrics.mos_conversation = to_wire<std::uint8_t>(10 * *quality.mos_conversation);
  }
  metrics.concealment = VoipMetrics::Concealment::Enhanced;
  metrics.buffer = VoipMetrics::Buffer::Adaptive;
  metrics.buffer_nominal_ms = metrics.buffer_maximum_ms = metrics.buffer_limit_ms = to_wire<std::uint16_t>(measures.buffer_ms);
  return metrics;
}

}  // namespace offhook::inline v0::rtp
