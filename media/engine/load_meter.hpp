#pragma once

#include <offhook/base/time.hpp>
#include <offhook/media/engine/lateness_watch.hpp>
#include <offhook/media/engine/leg_rows.hpp>
#include <offhook/media/engine/tick_histogram.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::media {

inline constexpr base::Duration kLate = 2 * kPhase;   ///< a phase that is done this long after its time shows too much work: EngineStatus::late

/// The recent load of a worker.
struct WorkerLoad {
  float share = 0;           ///< processor time, 0..1
  std::size_t legs = 0;      ///< number of the worker's legs when `share` was measured
  float late = 0;            ///< share of the worker's phases in the last second that were done more than kLate after their time

  /// Returns the estimated load with `count` legs.
  [[nodiscard]] float with(std::size_t count) const {
    return legs < kFew || count <= legs ? share : share * static_cast<float>(count) / static_cast<float>(legs);
  }
  /// Returns true if the worker has time for `count` legs. For a worker with few legs, only the processor time counts: its lateness mostly comes from
  /// other programs, and a refusal would not help.
  [[nodiscard]] bool has_time_for(std::size_t count, float most, float most_late) const {
    return with(count) <= most && (legs < kFew || late <= most_late);
  }

  static constexpr std::size_t kFew = 8;  // with fewer legs, an estimate is not possible
};

/// Measures how much a worker works, and how late. Only the worker's thread may call a function, unless the function's comment says otherwise.
class LoadMeter {
 public:
  void begin(base::TimePoint now);
  /// Call it when a phase starts, `late` after its time.
  void on_start(base::Duration late);
  /// Call it when a phase with legs is done, `done_after` its time.
  void on_done(base::Duration done_after);
  void on_left_out(std::uint64_t phases);
  /// Returns true if a window of half a second has passed. Then call end_window().
  [[nodiscard]] bool is_due(base::TimePoint now) const;
  void end_window(base::TimePoint now, std::size_t legs);

  /// Any thread.
  [[nodiscard]] WorkerLoad load() const {
    return {share_.load(std::memory_order_relaxed), legs_.load(std::memory_order_relaxed), late_.load(std::memory_order_relaxed)};
  }
  /// Any thread. Returns the number of phases left out because they were over 200 ms late.
  [[nodiscard]] std::uint64_t left_out() const { return left_out_.load(std::memory_order_relaxed); }
  /// Any thread. Returns the largest lateness of a start since the last take_worst_lateness().
  [[nodiscard]] base::Duration take_worst_lateness() { return base::Duration(worst_lateness_.exchange(0, std::memory_order_relaxed)); }
  [[nodiscard]] const TickHistogram& tick_histogram() const { return tick_histogram_; }  ///< any thread

 private:
  std::atomic<base::Duration::rep> worst_lateness_{0};
  std::atomic<float> share_{0}, late_{0};
  std::atomic<std::size_t> legs_{0};
  std::atomic<std::uint64_t> left_out_{0};
  TickHistogram tick_histogram_;
  base::TimePoint since_{};          // start of the window
  base::Duration worked_{};          // processor time of the thread at that time
  LatenessWatch lateness_{kLate};
};

}  // namespace offhook::inline v0::media
