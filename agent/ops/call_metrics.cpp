#include <offhook/agent/ops/call_metrics.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

namespace offhook::inline v0::agent {

namespace {

constexpr double kAudiblyClipped = 1.0;  // Percent of the frames.

void head(std::string& out, std::string_view name, std::string_view type, std::string_view what) {
  fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", name, what, name, type);
}

void single(std::string& out, std::string_view name, std::string_view type, std::string_view what, std::uint64_t value) {
  head(out, name, type, what);
  fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
}

}  // namespace

void CallMetrics::Distribution::add(double value) {
  ++count;
  sum += value;
  for (std::size_t i = 0; i < bounds.size(); ++i) counts[i] += value <= bounds[i] ? 1U : 0U;
}

void CallMetrics::count(OneWayCounts& counts, const media::OneWay& one_way) {
  counts.nothing_comes += one_way.nothing_comes ? 1U : 0U;
  counts.only_silence_comes += one_way.only_silence_comes ? 1U : 0U;
  counts.peer_hears_nothing += one_way.peer_hears_nothing ? 1U : 0U;
}

void CallMetrics::write(std::string& out, const rtp::PlayedSamples& played) {
  constexpr double kUnitsPerSecond = 8000;
  single(out, "offhook_concealed_samples_total", "counter", "Samples (of 8000 Hz, as all here) of finished calls made up for what was lost or late.",
         played.concealed_samples);
  single(out, "offhook_silent_concealed_samples_total", "counter", "Of those, silent: the gap had lasted too long.", played.silent_concealed_samples);
  single(out, "offhook_concealment_events_total", "counter", "Gaps that were concealed, of any length.", played.concealment_events);
  single(out, "offhook_inserted_samples_for_deceleration_total", "counter", "Samples by which sound was made longer, to wait for late packets.",
         played.inserted_samples_for_deceleration);
  single(out, "offhook_removed_samples_for_acceleration_total", "counter", "Samples by which sound was made shorter, to wait no longer than need be.",
         played.removed_samples_for_acceleration);
  head(out, "offhook_jitter_buffer_delay_seconds_total", "counter", "Seconds from arrival to playing, summed over emitted samples.");
  fmt::format_to(std::back_inserter(out), "offhook_jitter_buffer_delay_seconds_total {:.3f}\n", static_cast<double>(played.jitter_buffer_delay) / kUnitsPerSecond);
  single(out, "offhook_jitter_buffer_emitted_samples_total", "counter", "Samples that came from packets.", played.jitter_buffer_emitted_count);
}

void CallMetrics::on_finished(const media::QualityReport& report) {
  const std::lock_guard lock(mutex_);
  ++finished_;
  received_ += report.loss.received;
  lost_ += report.loss.lost;
  discarded_ += report.loss.discarded;
  played_ += report.played;
  if (report.peers_mos) peers_mos_.add(*report.peers_mos);
  count(one_way_, report.one_way_ever);
  if (report.loss.received == 0) return;  // Nothing came, and so nothing is known of how it was.
  if (report.heard.clipped_percent >= kAudiblyClipped) ++clipped_;
  loss_percent_.add(report.loss.missing_percent());
  jitter_ms_.add(report.jitter_ms);
  one_way_ms_.add(report.quality.one_way_ms);
  if (report.quality.mos_conversation)
    (report.quality.scale == rtp::QualityScale::Wideband ? mos_wideband_ : mos_narrowband_).add(*report.quality.mos_conversation);
}

void CallMetrics::write(std::string& out, std::string_view name, std::string_view label, const Distribution& values) {
  const std::string comma = label.empty() ? std::string() : std::string(label) + ",";
  const std::string braces = label.empty() ? std::string() : "{" + std::string(label) + "}";
  for (std::size_t i = 0; i < values.bounds.size(); ++i)
    fmt::format_to(std::back_inserter(out), "{}_bucket{{{}le=\"{}\"}} {}\n", name, comma, values.bounds[i], values.counts[i]);
  fmt::format_to(std::back_inserter(out), "{}_bucket{{{}le=\"+Inf\"}} {}\n{}_sum{} {:.6f}\n{}_count{} {}\n", name, comma, values.count, name, braces,
                 values.sum, name, braces, values.count);
}

void CallMetrics::write(std::string& out, std::string_view name, const OneWayCounts& counts) {
  fmt::format_to(std::back_inserter(out), "{0}{{fault=\"nothing_comes\"}} {1}\n{0}{{fault=\"only_silence_comes\"}} {2}\n{0}{{fault=\"peer_hears_nothing\"}} {3}\n",
                 name, counts.nothing_comes, counts.only_silence_comes, counts.peer_hears_nothing);
}

std::string CallMetrics::text(std::span<const media::QualityReport> live) const {
  OneWayCounts live_one_way;
  std::optional<double> worst_narrowband, worst_wideband;
  double worst_loss = 0;
  for (const auto& report : live) {
    count(live_one_way, report.one_way);
    worst_loss = std::max(worst_loss, report.loss.missing_percent());
    auto& worst = report.quality.scale == rtp::QualityScale::Wideband ? worst_wideband : worst_narrowband;
    if (const auto mos = report.quality.mos_conversation; mos && report.loss.received > 0) worst = std::min(worst.value_or(*mos), *mos);
  }
  std::string out;
  const std::lock_guard lock(mutex_);
  single(out, "offhook_calls", "gauge", "Calls whose media flows now.", live.size());
  head(out, "offhook_calls_one_way", "gauge", "Of those, with sound in one direction only.");
  write(out, "offhook_calls_one_way", live_one_way);
  head(out, "offhook_call_mos_worst", "gauge", "The least estimated opinion score (ITU-T G.107, 1 to 4.5) of the calls that are up.");
  if (worst_narrowband) fmt::format_to(std::back_inserter(out), "offhook_call_mos_worst{{scale=\"narrowband\"}} {:.3f}\n", *worst_narrowband);
  if (worst_wideband) fmt::format_to(std::back_inserter(out), "offhook_call_mos_worst{{scale=\"wideband\"}} {:.3f}\n", *worst_wideband);
  head(out, "offhook_call_loss_percent_worst", "gauge", "The most packets lost or too late of any call that is up.");
  fmt::format_to(std::back_inserter(out), "offhook_call_loss_percent_worst {:.3f}\n", worst_loss);
  single(out, "offhook_calls_finished_total", "counter", "Calls that had media and are over.", finished_);
  single(out, "offhook_calls_clipped_total", "counter", "Of those, with samples cut off in one frame of a hundred or more.", clipped_);
  head(out, "offhook_calls_finished_one_way_total", "counter", "Of those, with sound in one direction only for a while.");
  write(out, "offhook_calls_finished_one_way_total", one_way_);
  single(out, "offhook_packets_received_total", "counter", "RTP packets of finished calls that came in time.", received_);
  single(out, "offhook_packets_lost_total", "counter", "Those that never came.", lost_);
  single(out, "offhook_packets_discarded_total", "counter", "Those that came too late to be played.", discarded_);
  write(out, played_);
  head(out, "offhook_call_mos", "histogram", "Estimated opinion score of finished calls; the two scales must not be compared.");
  write(out, "offhook_call_mos", "scale=\"narrowband\"", mos_narrowband_);
  write(out, "offhook_call_mos", "scale=\"wideband\"", mos_wideband_);
  head(out, "offhook_peer_mos", "histogram", "What the other side says of our sound (RTCP XR, narrowband), at the end of finished calls that had it.");
  write(out, "offhook_peer_mos", "", peers_mos_);
  head(out, "offhook_call_loss_percent", "histogram", "Packets lost or too late, of finished calls.");
  write(out, "offhook_call_loss_percent", "", loss_percent_);
  head(out, "offhook_call_jitter_ms", "histogram", "Interarrival jitter (RFC 3550) at the end of finished calls.");
  write(out, "offhook_call_jitter_ms", "", jitter_ms_);
  head(out, "offhook_call_one_way_ms", "histogram", "Half the round trip, jitter buffer and packet, of finished calls.");
  write(out, "offhook_call_one_way_ms", "", one_way_ms_);
  return out;
}

}  // namespace offhook::inline v0::agent
