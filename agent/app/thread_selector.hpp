#pragma once

#include <offhook/base/time.hpp>

#include <chrono>
#include <cstddef>
#include <span>

namespace offhook::inline v0::agent {

/// Chooses the thread of each new call in rotation, and skips threads that do not answer. Does no I/O and reads no clock.
class ThreadSelector {
 public:
  /// A thread that is overdue by this time gets no new call.
  static constexpr base::Duration kPatience = std::chrono::milliseconds(200);
  [[nodiscard]] static bool answers(base::Duration late) { return late < kPatience; }
  /// A thread that is overdue by this time has stalled. Shorter delays happen on a busy machine, and an operator need not see them.
  static constexpr base::Duration kStall = std::chrono::seconds(2);
  [[nodiscard]] static bool has_stalled(base::Duration late) { return late >= kStall; }

  /// Returns the index of the chosen thread. `late` has the overdue time of each thread, and is never empty. If no thread answers, returns the
  /// index of the thread with the shortest overdue time.
  [[nodiscard]] std::size_t next(std::span<const base::Duration> late);

 private:
  std::size_t next_ = 0;
};

}  // namespace offhook::inline v0::agent
