#pragma once

#include <array>
#include <cstdint>
#include <limits>

namespace offhook::inline v0::rtp {

/// How long packets must be held so that nearly all of them come in time. Counts in RTP units of 8000 Hz.
///
/// Relative delay = transit of a packet minus the smallest transit of the last two seconds. The largest relative delay of each
/// half second goes to a histogram that forgets (about half a minute); the target is the upper edge of its quantile. The
/// smallest transit is renewed when nothing came for a quarter of a second: after a hold or a talk pause old ones say nothing.
class DelayEstimator {
 public:
  static constexpr std::int64_t kUnitsPerMs = 8;
  static constexpr std::int64_t kBucketUnits = 5 * kUnitsPerMs;
  static constexpr std::size_t kBuckets = 80;                         ///< up to 400 ms
  static constexpr std::int64_t kStartTarget = 40 * kUnitsPerMs;      ///< until the first half second is over
  static constexpr std::int64_t kSampleInterval = 500 * kUnitsPerMs;
  static constexpr std::int64_t kSlotUnits = 250 * kUnitsPerMs;       ///< the two seconds are eight slots of these
  static constexpr std::size_t kSlots = 8;
  static constexpr std::int64_t kPause = 250 * kUnitsPerMs;
  static constexpr double kQuantile = 0.94;
  static constexpr double kForget = 0.983;

  DelayEstimator() { reset(); }
  void reset();
  /// `arrival` must not run backwards; `transit` = arrival - unwrapped timestamp.
  void on_packet(std::int64_t arrival, std::int64_t transit);

  [[nodiscard]] std::int64_t target() const { return target_; }
  /// The transit of the fastest packet lately. Only after the first on_packet().
  [[nodiscard]] std::int64_t fastest() const { return fastest_; }

 private:
  void begin_slot(std::int64_t arrival);
  void add_sample(std::int64_t delay);

  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  std::array<std::int64_t, kSlots> minima_{};
  std::array<double, kBuckets> histogram_{};
  std::int64_t slot_ = 0;              // arrival / kSlotUnits
  std::int64_t slot_end_ = 0;          // arrivals from here on belong to a later one
  std::int64_t fastest_ = 0;
  std::int64_t last_arrival_ = 0;
  std::int64_t sample_begin_ = 0;
  std::int64_t sample_worst_ = 0;
  std::int64_t target_ = kStartTarget;
  int samples_ = 0;
  bool started_ = false;
};

}  // namespace offhook::inline v0::rtp
