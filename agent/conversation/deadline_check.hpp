#pragma once

#include <offhook/agent/conversation/deadline.hpp>
#include <offhook/base/time.hpp>

#include <chrono>
#include <optional>

namespace offhook::inline v0::agent {

/// Decides whether a conversation checks its deadlines now. After a stall, the thread first reads the data that wait in its sockets.
/// Otherwise a deadline could end the wait for an answer that has already come. Pure: no I/O, no clock.
class DeadlineCheck {
 public:
  static constexpr base::Duration kDelay = std::chrono::milliseconds(500);   ///< after a longer pause the thread reads its sockets first
  static constexpr base::Duration kReading = std::chrono::milliseconds(10);  ///< shortest time for this

  /// Call it at the tick of the thread, after the thread has read its sockets. Each delay of a check ends before the next delay can begin.
  [[nodiscard]] bool at_tick(base::TimePoint now) {
    note(now);
    (void)take_due(reads_until_, now);
    return !reads_until_;
  }
  /// Call it at an event. The thread handles the events that were posted during a stall before it reads its sockets, even if that takes long.
  [[nodiscard]] bool at_event(base::TimePoint now) {
    note(now);
    return !reads_until_;
  }

 private:
  void note(base::TimePoint now) {
    if (last_ && !reads_until_ && now - *last_ > kDelay) reads_until_ = now + kReading;
    last_ = now;
  }

  std::optional<base::TimePoint> last_;
  Deadline reads_until_;
};

}  // namespace offhook::inline v0::agent
