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
  /// Ticks from a stall until the deadlines are checked again. Asio reads at most 128 sockets in a round, and at least one
  /// round comes before each tick. Therefore the ticks are enough for 1024 sockets, even if each round takes longer than a tick.
  static constexpr unsigned kReadingTicks = 8;

  /// Call it at each tick of the thread. Returns true if the conversation checks its deadlines now. A further stall does not extend the
  /// present delay.
  [[nodiscard]] bool at_tick(base::TimePoint now) {
    note(now);
    return reading_ticks_ == 0 || --reading_ticks_ == 0;
  }
  /// Call it at each event. Returns true if the conversation checks its deadlines now. Events do not count as ticks: after a stall, the thread
  /// handles the waiting events before it reads its sockets, even if that takes long.
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
  unsigned reading_ticks_ = 0;  // ticks until the next check of the deadlines; 0: no stall
};

}  // namespace offhook::inline v0::agent
