#pragma once

#include <offhook/base/prefetch.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace offhook::inline v0::rtp {

/// Where a listener stands between delay and loss.
struct DelayProfile {
  double ms_per_percent;       ///< how many milliseconds of delay it is worth that one percent more of the packets is in time
  std::int64_t start_ms = 40;  ///< the target until something is known
  /// A machine listens. A rough place in the line does it no harm. Late audio reaches it whole: the buffer shortens only pauses, and places
  /// that repeat. A packet that others overtook is still played when it comes within a tick, or as late as earlier packets of that kind.
  bool machine = false;
};
/// Two people who talk.
inline constexpr DelayProfile kCallProfile{.ms_per_percent = 60};
/// A machine that listens: it takes one percent of concealment more lightly than a late answer.
inline constexpr DelayProfile kRecogniserProfile{.ms_per_percent = 5.3, .start_ms = 20, .machine = true};

/// How long packets must be held so that holding them longer would not pay. Counts in RTP units of 8000 Hz.
///
/// Relative delay = transit of a packet minus the smallest one of its neighbourhood: the larger one of the minima of the second before
/// and of the second after its slot of 250 ms. So a route that becomes longer or shorter for good is no jitter on either side of
/// the step. The price is that a packet is judged a second after it came. Relative delays go to a histogram that forgets (about
/// half a minute); the target is the delay at which delay plus the cost of what comes later is least.
///
/// Slots are time in which packets come: a pause neither ages nor renews what is known. But where a pause ends with a packet that
/// comes later than any that we wait for, the peer's timestamps stood still meanwhile: the neighbourhood begins anew.
class DelayEstimator {
 public:
  static constexpr std::int64_t kUnitsPerMs = 8;
  static constexpr std::int64_t kBucketUnits = 2 * kUnitsPerMs;
  static constexpr std::size_t kBuckets = 256;                        ///< up to 512 ms; what is later counts as the last
  static constexpr std::int64_t kSlotUnits = 250 * kUnitsPerMs;
  static constexpr std::size_t kNeighbours = 4;                       ///< slots on either side: a second
  static constexpr std::size_t kMaxOfSlot = 32;                       ///< packets of a slot that are judged: any at 10 ms and more
  static constexpr std::int64_t kPause = 250 * kUnitsPerMs;
  static constexpr std::size_t kLatest = 6;                           ///< packets that tell where the route is now
  static constexpr double kForget = 0.9993;                           ///< per packet: half a minute of 20 ms packets

  explicit DelayEstimator(DelayProfile profile = kCallProfile) noexcept : profile_(profile) { reset(); }
  void reset() noexcept;
  /// The target is chosen anew from what is known; before anything is, it is the profile's own.
  void set_profile(DelayProfile profile) noexcept;
  /// `arrival` must not run backwards; `transit` = arrival - unwrapped timestamp.
  void on_packet(std::int64_t arrival, std::int64_t transit) noexcept;

  /// Over fastest().
  [[nodiscard]] std::int64_t target() const noexcept { return target_; }
  /// The smallest transit of the last second or so. Only after the first on_packet(), as the next one.
  [[nodiscard]] std::int64_t fastest() const noexcept { return fastest_; }
  /// The smallest transit of the last kLatest packets: what can be counted on at once. Never less than fastest().
  [[nodiscard]] std::int64_t fastest_lately() const noexcept;
  /// Asks for what the next on_packet() touches to be in the cache soon.
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
    std::array<std::int32_t, kMaxOfSlot> transits;   // less origin_
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
  std::array<Slot, kSlots> slots_{};                 // a ring; slot_ is the one that fills now
  std::size_t slot_ = 0;
  std::int64_t slot_left_ = kSlotUnits;
  std::int64_t origin_ = 0;                          // transit with which the neighbourhood began
  std::int64_t fastest_ = 0;
  std::int64_t last_arrival_ = 0;
  std::array<std::int64_t, kLatest> latest_{};
  std::size_t latest_at_ = 0;
  std::array<float, kBuckets> histogram_{};          // weights that grow with each packet, which is the same as forgetting
  float weight_ = 1, total_ = 0;
  std::size_t highest_ = 0;                          // bucket that has any weight to speak of
  std::int64_t target_ = 0;
  bool started_ = false;
};

}  // namespace offhook::inline v0::rtp
