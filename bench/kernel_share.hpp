#pragma once

#include <cstddef>
#include <optional>

#include <sys/types.h>

namespace offhook::bench {

/// Measures the kernel's share of the processor time of a thread. From its construction on, it samples every tenth of a millisecond of that
/// time (perf_event_open(2), task clock). proc(5) is not exact enough: it divides utime and stime by the state that the scheduler's tick
/// finds every 4 ms. This tick would always find a worker that wakes every millisecond at the same place. The sampling costs the thread
/// some percent. Do not combine it with other measurements.
class KernelShare {
 public:
  explicit KernelShare(pid_t thread);
  ~KernelShare();
  KernelShare(const KernelShare&) = delete;
  KernelShare& operator=(const KernelShare&) = delete;
  /// Returns the share, 0..1. Returns nullopt if there is no sample, or if the system forbids sampling
  /// (/proc/sys/kernel/perf_event_paranoid, containers).
  [[nodiscard]] std::optional<double> so_far() const;

 private:
  int event_ = -1;
  std::byte* ring_ = nullptr;  // one page with the header, and then kPages pages of samples
};

}  // namespace offhook::bench
