#include <offhook/agent/ops/call_metrics.hpp>

#include <offhook/agent/ops/counter.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace offhook::inline v0::agent {

namespace {

using Buckets = prometheus::Histogram::BucketBoundaries;

constexpr double kAudiblyClipped = 1.0;  // percentage of the received frames that have clipped samples
constexpr double kUnitsPerSecond = 8000;

const Buckets kMos{2.0, 2.5, 3.1, 3.6, 4.0, 4.3};  // ITU-T G.107 table B.1: the limits of the quality classes
const Buckets kRatio{0.001, 0.005, 0.01, 0.02, 0.05, 0.1};
const Buckets kDelaySeconds{0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.4};
const Buckets kSetupSeconds{0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 40};
const Buckets kDurationSeconds{5, 15, 30, 60, 120, 300, 600, 1800, 3600};

using prometheus::Labels;
using prometheus::Registry;

prometheus::Family<prometheus::Histogram>& histograms(Registry& registry, const std::string& name, const std::string& help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

prometheus::Counter& one_way(Registry& registry, const std::string& fault) {
  return counter(registry, "offhook_calls_finished_one_way_total", "Finished calls that had audio in only one direction for a while, by the missing audio.", {{"fault", fault}});
}

prometheus::Histogram& mos(Registry& registry, const std::string& scale) {
  return histograms(registry, "offhook_call_mos", "Estimated mean opinion score (ITU-T G.107) of finished calls. Scores of the two scales cannot be compared.")
      .Add({{"scale", scale}}, kMos);
}

Labels direction(bool outgoing) { return {{"direction", outgoing ? "out" : "in"}}; }

Labels labels_of(bool outgoing, CallOutcome outcome) {
  Labels labels = direction(outgoing);
  labels.emplace("outcome", to_string(outcome));
  return labels;
}

}  // namespace

CallMetrics::CallMetrics(Registry& registry)
    : ended_(prometheus::BuildCounter().Name("offhook_calls_total").Help("Calls that have ended, by direction and outcome.").Register(registry)),
      callers_(prometheus::BuildCounter().Name("offhook_callers_total").Help("Incoming calls for which Offhook checked the signature of the caller's number, by the result.").Register(registry)),
      setup_seconds_(histograms(registry, "offhook_call_setup_seconds", "Time from the INVITE to the answer of answered calls, in seconds.")),
      duration_seconds_(histograms(registry, "offhook_call_duration_seconds", "Time from the answer to the end of answered calls, in seconds.")),
      finished_(counter(registry, "offhook_calls_finished_total", "Calls that had media and have ended.")),
      clipped_(counter(registry, "offhook_calls_clipped_total", "Finished calls with clipped samples in at least 1 % of the received frames.")),
      received_(counter(registry, "offhook_packets_received_total", "RTP packets of finished calls that arrived in time for playout.")),
      lost_(counter(registry, "offhook_packets_lost_total", "RTP packets of finished calls that never arrived.")),
      discarded_(counter(registry, "offhook_packets_discarded_total", "RTP packets of finished calls that arrived too late for playout.")),
      one_way_{one_way(registry, "nothing_comes"), one_way(registry, "only_silence_comes"), one_way(registry, "peer_hears_nothing")},
      played_{counter(registry, "offhook_concealed_samples_total", "Concealed samples of finished calls, in samples of 8000 Hz: they replace audio that was lost or late."),
              counter(registry, "offhook_silent_concealed_samples_total", "Concealed samples of finished calls that were silence, in samples of 8000 Hz, because the gap lasted too long."),
              counter(registry, "offhook_concealment_events_total", "Concealed gaps in the received audio of finished calls, of any length."),
              counter(registry, "offhook_inserted_samples_for_deceleration_total", "Samples of 8000 Hz that Offhook inserted into the received audio of finished calls, to wait for late packets."),
              counter(registry, "offhook_removed_samples_for_acceleration_total", "Samples of 8000 Hz that Offhook removed from the received audio of finished calls, to reduce its delay."),
              counter(registry, "offhook_jitter_buffer_delay_seconds_total", "Time from arrival to playout in seconds, summed over all samples of 8000 Hz that finished calls played from packets."),
              counter(registry, "offhook_jitter_buffer_emitted_samples_total", "Samples of 8000 Hz that finished calls played from packets.")},
      mos_narrowband_(mos(registry, "narrowband")),
      mos_wideband_(mos(registry, "wideband")),
      peers_mos_(histograms(registry, "offhook_peer_mos", "Mean opinion score that the peer reports for the agent's audio (RTCP XR, narrowband), at the end of finished calls with a report.")
                     .Add({}, kMos)),
      loss_ratio_(histograms(registry, "offhook_call_loss_ratio", "Share of the packets of a finished call that were lost or too late, from 0 to 1.").Add({}, kRatio)),
      jitter_seconds_(histograms(registry, "offhook_call_jitter_seconds", "Interarrival jitter (RFC 3550) at the end of finished calls, in seconds.").Add({}, kDelaySeconds)),
      one_way_seconds_(histograms(registry, "offhook_call_one_way_seconds", "Delay in one direction of finished calls, in seconds: half the round trip, the jitter buffer and one packet.").Add({}, kDelaySeconds)) {
  for (const bool outgoing : {false, true}) {  // All series exist from the start, so that Prometheus sees the first increment of each.
    for (const char* word : {"passed", "failed", "absent"}) callers_.Add({{"identity", word}});
    for (const CallOutcome outcome : kCallOutcomes) ended_.Add(labels_of(outgoing, outcome));
    setup_seconds_.Add(direction(outgoing), kSetupSeconds);
    duration_seconds_.Add(direction(outgoing), kDurationSeconds);
  }
}

void CallMetrics::on_ended(bool outgoing, CallOutcome outcome, std::chrono::milliseconds took, std::chrono::milliseconds lasted) {
  const auto seconds = [](std::chrono::milliseconds time) { return static_cast<double>(time.count()) / 1000; };
  ended_.Add(labels_of(outgoing, outcome)).Increment();
  if (outcome != CallOutcome::Answered) return;
  setup_seconds_.Add(direction(outgoing), kSetupSeconds).Observe(seconds(took));
  duration_seconds_.Add(direction(outgoing), kDurationSeconds).Observe(seconds(lasted));
}

void CallMetrics::on_caller(const call::CallerCheck& check) {
  if (!check.result.empty()) callers_.Add({{"identity", check.result}}).Increment();
}

void CallMetrics::add(const rtp::PlayedSamples& played) {
  const auto add = [](prometheus::Counter& to, auto samples) { to.Increment(static_cast<double>(samples)); };
  add(played_.concealed, played.concealed_samples);
  add(played_.silent, played.silent_concealed_samples);
  add(played_.events, played.concealment_events);
  add(played_.inserted, played.inserted_samples_for_deceleration);
  add(played_.removed, played.removed_samples_for_acceleration);
  played_.delay_seconds.Increment(static_cast<double>(played.jitter_buffer_delay) / kUnitsPerSecond);
  add(played_.emitted, played.jitter_buffer_emitted_count);
}

void CallMetrics::on_finished(const media::QualityReport& report) {
  finished_.Increment();
  received_.Increment(static_cast<double>(report.loss.received));
  lost_.Increment(static_cast<double>(report.loss.lost));
  discarded_.Increment(static_cast<double>(report.loss.discarded));
  add(report.played);
  if (report.peers_mos) peers_mos_.Observe(*report.peers_mos);
  if (report.one_way_ever.nothing_comes) one_way_.nothing_comes.Increment();
  if (report.one_way_ever.only_silence_comes) one_way_.only_silence_comes.Increment();
  if (report.one_way_ever.peer_hears_nothing) one_way_.peer_hears_nothing.Increment();
  if (report.loss.received == 0) return;  // No packet arrived, so there are no values for its quality.
  if (report.heard.clipped_percent >= kAudiblyClipped) clipped_.Increment();
  loss_ratio_.Observe(report.loss.missing_percent() / 100);
  jitter_seconds_.Observe(report.jitter_ms / 1000);
  one_way_seconds_.Observe(report.quality.one_way_ms / 1000);
  if (report.quality.mos_conversation)
    (report.quality.scale == rtp::QualityScale::Wideband ? mos_wideband_ : mos_narrowband_).Observe(*report.quality.mos_conversation);
}

Figures CallMetrics::live(std::span<const media::QualityReport> reports) {
  double nothing_comes = 0, only_silence_comes = 0, peer_hears_nothing = 0, worst_loss = 0;
  std::optional<double> worst_narrowband, worst_wideband;
  for (const auto& report : reports) {
    nothing_comes += report.one_way.nothing_comes ? 1 : 0;
    only_silence_comes += report.one_way.only_silence_comes ? 1 : 0;
    peer_hears_nothing += report.one_way.peer_hears_nothing ? 1 : 0;
    worst_loss = std::max(worst_loss, report.loss.missing_percent());
    auto& worst = report.quality.scale == rtp::QualityScale::Wideband ? worst_wideband : worst_narrowband;
    if (const auto mos = report.quality.mos_conversation; mos && report.loss.received > 0) worst = std::min(worst.value_or(*mos), *mos);
  }
  LabelledValues worst_mos;
  if (worst_narrowband) worst_mos.emplace_back(Labels{{"scale", "narrowband"}}, *worst_narrowband);
  if (worst_wideband) worst_mos.emplace_back(Labels{{"scale", "wideband"}}, *worst_wideband);
  return {gauge("offhook_calls", "Calls whose media is flowing now.", static_cast<double>(reports.size())),
          gauges("offhook_calls_one_way", "Calls whose media is flowing now, with audio in only one direction, by the missing audio.",
                 {{{{"fault", "nothing_comes"}}, nothing_comes}, {{{"fault", "only_silence_comes"}}, only_silence_comes},
                  {{{"fault", "peer_hears_nothing"}}, peer_hears_nothing}}),
          gauges("offhook_call_mos_worst", "Lowest estimated mean opinion score (ITU-T G.107, 1 to 4.5) of the connected calls.", worst_mos),
          gauge("offhook_call_loss_ratio_worst", "Highest share of lost and too late packets of a connected call, from 0 to 1.", worst_loss / 100)};
}

}  // namespace offhook::inline v0::agent
