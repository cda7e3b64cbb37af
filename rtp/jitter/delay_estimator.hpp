#pragma once

#include <offhook/base/prefetch.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace offhook::inline v0::rtp {

/// Weighs delay against loss for one kind of listener.
struct DelayProfile {
  double ms_per_percent;       ///< delay in ms that the listener accepts to get one more percent of the packets in time
  std::int64_t start_ms = 40;  ///< the target in ms before the first packets are judged
  /// True if a machine listens. A rough join in the audio does a machine no harm. The buffer plays all late audio to a machine, and shortens only
  /// pauses and repetitive sections. It still plays an overtaken packet that is at most one tick late, or that is as late as earlier overtaken
  /// packets were.
  bool machine = false;
};
/// The profile for two people in a conversation.
inline constexpr DelayProfile kCallProfile{.ms_per_percent = 60};
/// The profile for a machine that listens: one percent of concealed audio harms less than a later answer.
inline constexpr DelayProfile kRecogniserProfile{.ms_per_percent = 5.3, .start_ms = 20, .machine = true};

/// Estimates for how long packets should be held: a longer delay would cost more than the packets that it saves. Counts in RTP units of 8000 Hz.
///
/// The relative delay of a packet is its transit minus the baseline of its slot of 250 ms. The baseline is the larger of two minima of the transit:
/// over the second before the slot, and over the second after it. Therefore a permanent change of the route's delay does not count as jitter on
/// either side of the step. The price is that each packet is judged a second after its arrival. A histogram collects the relative delays, and forgets
/// them in about half a minute. The target is the delay with the lowest total cost: the delay itself plus the cost of later packets.
///
/// Slots count only time in which packets come: during a pause, the estimate does not change. If the first packet after a pause comes later than the
/// target allows, the peer's timestamps stood still during the pause: the estimator then starts a new neighbourhood.
class DelayEstimator {
 public:
  static constexpr std::int64_t kUnitsPerMs = 8;
  static constexpr std::int64_t kBucketUnits = 2 * kUnitsPerMs;
  static constexpr std::size_t kBuckets = 256;                        ///< up to 512 ms; the last bucket also counts all longer delays
  static constexpr std::int64_t kSlotUnits = 250 * kUnitsPerMs;
  static constexpr std::size_t kNeighbours = 4;                       ///< slots on each side: one second
  static constexpr std::size_t kMaxOfSlot = 32;                       ///< packets of one slot that are judged: all of them if packets are 10 ms or longer
  static constexpr std::int64_t kPause = 250 * kUnitsPerMs;
  static constexpr std::size_t kLatest = 6;                           ///< number of the newest packets that show the route's present delay
  static constexpr double kForget = 0.9993;                           ///< weight of a packet relative to the next one: half a minute of 20 ms packets

  explicit DelayEstimator(DelayProfile profile = kCallProfile) noexcept : profile_(profile) { reset(); }
  void reset() noexcept;
  /// Chooses the target again from the histogram. Without judged packets, the target becomes the profile's start_ms.
  void set_profile(DelayProfile profile) noexcept;
  /// `arrival` must not decrease; `transit` = arrival - unwrapped timestamp.
  void on_packet(std::int64_t arrival, std::int64_t transit) noexcept;

  /// Returns the target delay, counted from fastest().
  [[nodiscard]] std::int64_t target() const noexcept { return target_; }
  /// Returns the smallest transit of about the last second. Call this and fastest_lately() only after the first on_packet().
  [[nodiscard]] std::int64_t fastest() const noexcept { return fastest_; }
  /// Returns the smallest transit of the last kLatest packets, the delay that the route surely has now. Never less than fastest().
  [[nodiscard]] std::int64_t fastest_lately() const noexcept;
  /// Prefetches the data that the next on_packet() uses.
  void prefetch() const noexcept {
    base::prefetch_between(&slots_[slot_], slots_[slot_].transits.data());
    base::prefetch(&slots_[slot_].transits[slots_[slot_].count % kMaxOfSlot], 1);
    base::prefetch_between(&slot_, histogram_.data());
    base::prefetch_between(&weight_, this + 1);
  }

 private:
  struct Slot {
    std::int64_t minimum = kNever;
    std::size_t count = 0;
    std::array<std::int32_t, kMaxOfSlot> transits;   // each minus origin_
  };
  void restart_neighbourhood(std::int64_t transit) noexcept;
  void end_slot() noexcept;
  void judge(const Slot& slot, std::int64_t baseline) noexcept;
  void add(std::int64_t delay) noexcept;
  void scale_down() noexcept;
  void choose_target() noexcept;
  [[nodiscard]] std::int64_t smallest_of(std::size_t first_ago, std::size_t last_ago) const noexcept;

  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  static constexpr std::size_t kSlots = 2 * kNeighbours + 1;
  DelayProfile profile_;
  std::array<Slot, kSlots> slots_{};                 // a ring of slots; slots_[slot_] is being filled
  std::size_t slot_ = 0;
  std::int64_t slot_left_ = kSlotUnits;
  std::int64_t origin_ = 0;                          // transit at which the neighbourhood started
  std::int64_t fastest_ = 0;
  std::int64_t last_arrival_ = 0;
  std::array<std::int64_t, kLatest> latest_{};
  std::size_t latest_at_ = 0;
  std::array<float, kBuckets> histogram_{};          // weights that grow with each packet, so that older packets count less
  float weight_ = 1, total_ = 0;
  std::size_t highest_ = 0;                          // the last bucket with a weight above kNegligible
  std::int64_t target_ = 0;
  bool started_ = false;
};

}  // namespace offhook::inline v0::rtp
