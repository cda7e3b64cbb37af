#pragma once

#include <offhook/rtp/jitter/delay_estimator.hpp>
#include <offhook/rtp/jitter/jitter_types.hpp>
#include <offhook/rtp/jitter/overtaken.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace offhook::inline v0::rtp {

/// The delay that a jitter buffer aims at, in units of 1/8000 s: the estimate of the route's jitter, plus the needs of the packets' length and of the
/// codec's error correction, limited by the space for packets.
class TargetDelay {
 public:
  explicit TargetDelay(DelayProfile profile) noexcept : for_machine_(profile.machine), estimator_(profile) {}

  void set_profile(DelayProfile profile) noexcept;
  /// Forgets the route: another stream starts.
  void begin_stream() noexcept;
  /// Takes a packet that came at `arrival` with this transit. `overtaken` is true if the packet came after a later packet.
  void on_packet(std::int64_t arrival, std::int64_t transit, bool overtaken) noexcept {
    estimator_.on_packet(arrival, transit);
    if (overtaken) overtaken_.add(arrival, transit - estimator_.fastest());
  }
  /// Learns the length of the stream's packets.
  void on_size(std::int64_t units, std::size_t octets) noexcept {
    if (units != packet_units_ || octets != packet_octets_) learn_size(units, octets);
  }
  /// Adds `units` to the target, at most kMaxHeldLonger.
  void hold_longer(std::int64_t units) noexcept { held_longer_ = std::clamp<std::int64_t>(units, 0, kMaxHeldLonger); }

  /// Returns the target, counted from fastest().
  [[nodiscard]] std::int64_t target() const noexcept { return std::min(estimator_.target() + granule_ + held_longer_, most_held_); }
  /// Returns the part of the target that the route's jitter needs.
  [[nodiscard]] std::int64_t for_jitter() const noexcept { return std::min(estimator_.target(), most_held_); }
  [[nodiscard]] std::int64_t fastest() const noexcept { return estimator_.fastest(); }
  [[nodiscard]] std::int64_t fastest_lately() const noexcept { return estimator_.fastest_lately(); }
  /// Returns how much more delay the audio at `position` has, if it is played at `now`, than the target needs. Negative: `now` is too early for it.
  [[nodiscard]] std::int64_t spare(std::int64_t now, std::int64_t position) const noexcept { return now - fastest() - target() - position; }
  /// Returns true if a missing packet at `position` may still come, because other overtaken packets came as late recently.
  [[nodiscard]] bool may_come(std::int64_t now, std::int64_t position) const noexcept { return overtaken_.may_come(now, now - fastest() - position); }
  /// Returns true if a machine listens: DelayProfile::machine.
  [[nodiscard]] bool for_machine() const noexcept { return for_machine_; }
  /// Returns the octets of the newest packet.
  [[nodiscard]] std::size_t packet_octets() const noexcept { return packet_octets_; }

  void prefetch() const noexcept {
    base::prefetch_between(this, &estimator_);
    estimator_.prefetch();
  }

 private:
  void learn_size(std::int64_t units, std::size_t octets) noexcept;

  static constexpr std::int64_t kAnyDelay = std::numeric_limits<std::int64_t>::max();

  bool for_machine_;
  std::int64_t packet_units_ = 0;      // length of the newest packet; the next field has its number of octets
  std::size_t packet_octets_ = 0;
  std::int64_t most_held_ = kAnyDelay; // units for which the ring has space, in packets of this size
  // Units by which a packet must come before its time, because its length is not a multiple of a tick.
  std::int64_t granule_ = 0;
  std::int64_t held_longer_ = 0;       // units that hold_longer() adds to the target
  Overtaken overtaken_;
  DelayEstimator estimator_;
};

}  // namespace offhook::inline v0::rtp
