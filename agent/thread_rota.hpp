#pragma once

#include <offhook/base/time.hpp>

#include <chrono>
#include <cstddef>
#include <span>

namespace offhook::inline v0::agent {

/// Chooses the thread of each new call: one thread after the other, without those that do not answer. Pure.
class ThreadRota {
 public:
  /// A thread that is overdue for so long gets no new call.
  static constexpr base::Duration kPatience = std::chrono::milliseconds(200);
  [[nodiscard]] static bool answers(base::Duration late) { return late < kPatience; }
  /// A thread that is overdue for so long has stalled. Shorter delays happen on a busy machine; they are no news for an operator.
  static constexpr base::Duration kStall = std::chrono::seconds(2);
  [[nodiscard]] static bool has_stalled(base::Duration late) { return late >= kStall; }

  /// `late` has an entry for each thread: how long it is overdue. It is never empty. Returns the index of the chosen thread. When no
  /// thread answers, that is the thread that is least late.
  [[nodiscard]] std::size_t next(std::span<const base::Duration> late);

 private:
  std::size_t next_ = 0;
};

}  // namespace offhook::inline v0::agent
