#pragma once

#include <offhook/base/time.hpp>
#include <offhook/media/engine/leg_rows.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

namespace offhook::inline v0::media {

/// When a datagram came, on the steady clock: the kernel notes it on the wall's. That one may be set at any time, so it is believed
/// only within the time in which the datagram must have come: since its socket was last read.
class ArrivalClock {
 public:
  /// The sockets of `phase` are about to be read, at `steady` and `wall`.
  void read(std::size_t phase, base::TimePoint steady, base::Duration wall) {
    before_ = std::max(last_[phase], steady - kLongest);
    last_[phase] = now_ = began_ = steady;
    wall_ahead_ = wall - steady.time_since_epoch();
  }
  /// More of them are read, a little later.
  void go_on(base::TimePoint steady) { now_ = steady; }
  /// `noted`: on the wall's clock since 1970; nothing when the kernel does not say.
  [[nodiscard]] base::TimePoint arrival(std::optional<base::Duration> noted) const {
    return noted ? std::clamp(base::TimePoint(*noted - wall_ahead_), before_, now_) : now_;
  }
  [[nodiscard]] base::TimePoint now() const { return now_; }
  /// When the last read() was.
  [[nodiscard]] base::TimePoint began() const { return began_; }
  /// Of the steady clock.
  [[nodiscard]] base::Duration wall_ahead() const { return wall_ahead_; }

 private:
  static constexpr base::Duration kLongest = std::chrono::milliseconds(220);  // As much as a worker catches up, and a tick.

  std::array<base::TimePoint, kPhases> last_{};
  base::TimePoint now_{}, before_{}, began_{};
  base::Duration wall_ahead_{};
};

}  // namespace offhook::inline v0::media
