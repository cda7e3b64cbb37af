#pragma once

#include <offhook/base/time.hpp>
#include <offhook/media/engine/leg_rows.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

namespace offhook::inline v0::media {

/// Converts the kernel's wall-clock timestamp of a datagram to the steady clock. The wall clock may be set at any time. Therefore the result is
/// limited to the time in which the datagram must have come: since the last read of its socket.
class ArrivalClock {
 public:
  /// Call it before reading the sockets of `phase`, with the present time of both clocks.
  void read(std::size_t phase, base::TimePoint steady, base::Duration wall) {
    before_ = std::max(last_[phase], steady - kLongest);
    last_[phase] = now_ = began_ = steady;
    wall_ahead_ = wall - steady.time_since_epoch();
  }
  /// Call it before more sockets of the phase are read a little later.
  void go_on(base::TimePoint steady) { now_ = steady; }
  /// Returns the arrival time. `noted` is the wall-clock time since 1970, or nullopt if the kernel gives no time.
  [[nodiscard]] base::TimePoint arrival(std::optional<base::Duration> noted) const {
    return noted ? std::clamp(base::TimePoint(*noted - wall_ahead_), before_, now_) : now_;
  }
  [[nodiscard]] base::TimePoint now() const { return now_; }
  /// Returns the time of the last read().
  [[nodiscard]] base::TimePoint began() const { return began_; }
  /// Returns the wall clock minus the steady clock.
  [[nodiscard]] base::Duration wall_ahead() const { return wall_ahead_; }

 private:
  static constexpr base::Duration kLongest = std::chrono::milliseconds(220);  // the time that a worker catches up, plus one tick

  std::array<base::TimePoint, kPhases> last_{};
  base::TimePoint now_{}, before_{}, began_{};
  base::Duration wall_ahead_{};
};

}  // namespace offhook::inline v0::media
