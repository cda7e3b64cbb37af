#pragma once

#include <offhook/agent/ops/call_outcome.hpp>
#include <offhook/agent/ops/figures.hpp>
#include <offhook/media/quality_report.hpp>
#include <offhook/sip/identity/caller_identity.hpp>

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <chrono>
#include <span>

namespace offhook::inline v0::agent {

/// What became of calls, and how they were to the ear: distributions of those that are over, and the worst of those that are up. No
/// series has a call's id, so that there are as many as below and no more. Any thread.
class CallMetrics {
 public:
  /// The series appear in `registry`, which outlives this.
  explicit CallMetrics(prometheus::Registry& registry);

  /// `took`: from the INVITE to the answer, or to the end of what was never answered; `lasted`: from the answer on.
  void on_ended(bool outgoing, CallOutcome outcome, std::chrono::milliseconds took, std::chrono::milliseconds lasted);
  /// A call to us, of whose number the signature was looked at or not.
  void on_caller(const sip::CallerIdentity& identity);
  /// A call that had media is over.
  void on_finished(const media::QualityReport& report);
  /// `reports`: of each call that is up.
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
