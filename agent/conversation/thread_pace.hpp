#pragma once

#include <offhook/base/time.hpp>

#include <chrono>

namespace offhook::inline v0::agent {

/// Computes when a conversation thread wakes next, to tick its calls. Pure: no I/O, no clock.
class ThreadPace {
 public:
  static constexpr base::Duration kCalls = std::chrono::milliseconds(10);  ///< half a frame: a finished frame waits 5 ms on average
  static constexpr base::Duration kIdle = std::chrono::milliseconds(250);  ///< interval without calls, at which the thread shows that it still runs

  explicit ThreadPace(base::TimePoint now) : due_(now + kIdle) {}

  /// The thread got its first call.
  void begin(base::TimePoint now) { due_ = now + kCalls; }
  void on_wake(base::TimePoint now, bool has_calls);
  [[nodiscard]] base::TimePoint due() const { return due_; }

 private:
  base::TimePoint due_;
};

}  // namespace offhook::inline v0::agent
