#pragma once

#include <cstddef>
#include <optional>

#include <sys/types.h>

namespace offhook::bench {

/// Measures which share of a thread's processor time the kernel uses. From construction on, it samples every tenth of a millisecond of that time
/// (perf_event_open(2), task clock). proc(5) does not suffice: it divides utime and stime by what the scheduler's tick finds every 4 ms, and a worker
/// that wakes every millisecond is then always at the same place. Sampling costs the thread some percent; do not combine it with other measurements.
class KernelShare {
 public:
  explicit KernelShare(pid_t thread);
  ~KernelShare();
  KernelShare(const KernelShare&) = delete;
  KernelShare& operator=(const KernelShare&) = delete;
  /// Returns the share, from 0 to 1. Returns nullopt when no sample exists, or when the system forbids sampling
  /// (/proc/sys/kernel/perf_event_paranoid, containers).
  [[nodiscard]] std::optional<double> so_far() const;

 private:
  int event_ = -1;
  std::byte* ring_ = nullptr;  // one page with the header, then kPages of samples
};

}  // namespace offhook::bench
