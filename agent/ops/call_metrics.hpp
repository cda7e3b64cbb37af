#pragma once

#include <offhook/media/quality_report.hpp>

#include <array>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// How calls are to the ear, over all of them: distributions of those that are over, and the worst of those that are up. No series has
/// a call's name, so that there are as many as below and no more. Any thread.
class CallMetrics {
 public:
  /// A call that had media is over.
  void on_finished(const media::QualityReport& report);
  /// The text format of Prometheus, version 0.0.4. `live`: a report of each call that is up.
  [[nodiscard]] std::string text(std::span<const media::QualityReport> live) const;

 private:
  /// Cumulative, as Prometheus counts: bucket i holds what is at most bound i.
  struct Distribution {
    explicit Distribution(std::span<const double> upper_bounds) : bounds(upper_bounds) {}
    std::span<const double> bounds;                ///< of static life, at most kMaxBounds
    static constexpr std::size_t kMaxBounds = 8;
    std::array<std::uint64_t, kMaxBounds> counts{};
    std::uint64_t count = 0;
    double sum = 0;
    void add(double value);
  };
  struct OneWayCounts { std::uint64_t nothing_comes = 0, only_silence_comes = 0, peer_hears_nothing = 0; };
  static void count(OneWayCounts& counts, const media::OneWay& one_way);
  static void write(std::string& out, std::string_view name, std::string_view label, const Distribution& values);
  static void write(std::string& out, std::string_view name, const OneWayCounts& counts);
  static void write(std::string& out, const rtp::PlayedSamples& played);

  static constexpr std::array kMosBounds{2.0, 2.5, 3.1, 3.6, 4.0, 4.3};         // ITU-T G.107 table B.1: where a class of quality ends
  static constexpr std::array kPercentBounds{0.1, 0.5, 1.0, 2.0, 5.0, 10.0};
  static constexpr std::array kMillisecondBounds{5.0, 10.0, 20.0, 50.0, 100.0, 150.0, 200.0, 400.0};

  mutable std::mutex mutex_;
  std::uint64_t finished_ = 0, clipped_ = 0;
  std::uint64_t received_ = 0, lost_ = 0, discarded_ = 0;
  rtp::PlayedSamples played_{};
  Distribution mos_narrowband_{kMosBounds}, mos_wideband_{kMosBounds}, peers_mos_{kMosBounds};
  Distribution loss_percent_{kPercentBounds};
  Distribution jitter_ms_{kMillisecondBounds}, one_way_ms_{kMillisecondBounds};
  OneWayCounts one_way_{};
};

}  // namespace offhook::inline v0::agent
