#pragma once

#include <offhook/base/time.hpp>

#include <sys/types.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace offhook::bench {

/// Returns the processor time in ms of the threads of a process, by thread name, as the scheduler counts it (proc(5): task/TID/comm, schedstat).
[[nodiscard]] std::map<std::string, double> thread_times_ms(pid_t pid);

/// Records the processor time of a process, so that the time of any interval can be read afterwards.
class TimeWatch {
 public:
  explicit TimeWatch(pid_t pid);
  ~TimeWatch();
  TimeWatch(const TimeWatch&) = delete;
  TimeWatch& operator=(const TimeWatch&) = delete;
  void stop();
  /// Returns the processor time within [from, to], in ms. Call it after stop().
  [[nodiscard]] double between(base::TimePoint from, base::TimePoint to) const;

 private:
  struct Sample {
    base::TimePoint at;
    double ms = 0;
  };
  [[nodiscard]] double at(base::TimePoint when) const;
  std::vector<Sample> samples_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace offhook::bench
