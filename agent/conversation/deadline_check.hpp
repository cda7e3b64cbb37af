#pragma once

#include <offhook/base/time.hpp>

#include <chrono>
#include <optional>

namespace offhook::inline v0::agent {

/// Decides whether a conversation checks its deadlines now. After a stall, the thread first reads the data that wait in its sockets.
/// Otherwise a deadline could end the wait for an answer that has already come. Pure: no I/O, no clock.
class DeadlineCheck {
 public:
  static constexpr base::Duration kDelay = std::chrono::milliseconds(500);  ///< after a longer pause the thread reads its sockets first
  /// After a stall, this tick checks again. Asio reads at most 128 sockets in a round, and at least one round comes before each tick. So these
  /// ticks are enough for 1024 sockets, also when each round takes longer than a tick.
  static constexpr unsigned kReadingTicks = 8;

  /// Call it at the tick of the thread. Each delay of a check ends before the next delay can begin.
  [[nodiscard]] bool at_tick(base::TimePoint now) {
    note(now);
    return reading_ticks_ == 0 || --reading_ticks_ == 0;
  }
  /// Call it at an event. The thread handles the events that were posted during a stall before it reads its sockets, even if that takes long.
  [[nodiscard]] bool at_event(base::TimePoint now) {
    note(now);
    return reading_ticks_ == 0;
  }

 private:
  void note(base::TimePoint now) {
    if (last_ && reading_ticks_ == 0 && now - *last_ > kDelay) reading_ticks_ = kReadingTicks;
    last_ = now;
  }

  std::optional<base::TimePoint> last_;
  unsigned reading_ticks_ = 0;  // ticks that are left up to the next check; 0: no stall
};

}  // namespace offhook::inline v0::agent
