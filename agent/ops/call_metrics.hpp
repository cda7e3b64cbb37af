#pragma once

#include <offhook/agent/call/incoming.hpp>
#include <offhook/agent/ops/call_outcome.hpp>
#include <offhook/agent/support/figures.hpp>
#include <offhook/media/quality/quality_report.hpp>

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <chrono>
#include <span>

namespace offhook::inline v0::agent {

/// Metrics of the outcome and the audio quality of calls: distributions over calls that have ended, and the worst values of connected calls. No
/// label contains the id of a call, so that the number of series is fixed. Any thread may use it.
class CallMetrics {
 public:
  /// Registers the series in `registry`, which must outlive this object.
  explicit CallMetrics(prometheus::Registry& registry);

  /// Counts a call that has ended. `took` is the time from the INVITE to the answer, or to the end of an unanswered call. `lasted` is the time since
  /// the answer.
  void on_ended(bool outgoing, CallOutcome outcome, std::chrono::milliseconds took, std::chrono::milliseconds lasted);
  /// Counts an incoming call by the result of the check of its number's signature.
  void on_caller(const call::CallerCheck& check);
  /// Counts the audio quality of a call that had media and has ended.
  void on_finished(const media::QualityReport& report);
  /// Returns the current values, from one report for each connected call.
  [[nodiscard]] static Figures live(std::span<const media::QualityReport> reports);

 private:
  using Counter = prometheus::Counter;
  using Histogram = prometheus::Histogram;
  struct OneWayCounters { Counter& nothing_comes; Counter& only_silence_comes; Counter& peer_hears_nothing; };
  struct PlayedCounters {
    Counter& concealed; Counter& silent; Counter& events; Counter& inserted; Counter& removed; Counter& delay_seconds; Counter& emitted;
  };

  void add(const rtp::PlayedSamples& played);

  prometheus::Family<Counter>& ended_;
  prometheus::Family<Counter>& callers_;
  prometheus::Family<Histogram>& setup_seconds_;
  prometheus::Family<Histogram>& duration_seconds_;
  Counter& finished_;
  Counter& clipped_;
  Counter& received_;
  Counter& lost_;
  Counter& discarded_;
  OneWayCounters one_way_;
  PlayedCounters played_;
  Histogram& mos_narrowband_;
  Histogram& mos_wideband_;
  Histogram& peers_mos_;
  Histogram& loss_ratio_;
  Histogram& jitter_seconds_;
  Histogram& one_way_seconds_;
};

}  // namespace offhook::inline v0::agent
