#pragma once

#include <cstddef>
#include <optional>

#include <sys/types.h>

namespace offhook::bench {

/// How much of a thread's processor time the kernel takes for it: looked at every tenth of a millisecond of that time, from when this is made
/// (perf_event_open(2), task clock). proc(5) will not do: utime and stime are shared out by what the scheduler's tick meets every 4 ms, and
/// a worker that wakes by the millisecond is at the same place each time. It costs the thread some percent, so not while that is measured.
class KernelShare {
 public:
  explicit KernelShare(pid_t thread);
  ~KernelShare();
  KernelShare(const KernelShare&) = delete;
  KernelShare& operator=(const KernelShare&) = delete;
  /// 0 to 1. Nothing where the thread was never met, or where we are not let (/proc/sys/kernel/perf_event_paranoid, containers).
  [[nodiscard]] std::optional<double> so_far() const;

 private:
  int event_ = -1;
  std::byte* ring_ = nullptr;  // The header's page, then kPages of samples.
};

}  // namespace offhook::bench
