#pragma once

#include <offhook/agent/conversation/deadline.hpp>
#include <offhook/base/time.hpp>

#include <chrono>
#include <optional>

namespace offhook::inline v0::agent {

/// Decides whether a conversation checks its deadlines now. After its thread stood still, the thread first reads what waits in its sockets,
/// so that no deadline ends the wait for an answer that has already come. Pure.
class DeadlineCheck {
 public:
  static constexpr base::Duration kDelay = std::chrono::milliseconds(500);   ///< after a longer pause the thread reads its sockets first
  static constexpr base::Duration kReading = std::chrono::milliseconds(10);  ///< at least so long

  /// At the tick of the thread, which comes when the thread has read its sockets. A check is never put off again before it was made.
  [[nodiscard]] bool at_tick(base::TimePoint now) {
    note(now);
    (void)take_due(reads_until_, now);
    return !reads_until_;
  }
  /// At an event. The thread handles the events that were posted during a stall before it reads its sockets, however long that takes.
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
