#pragma once

#include <offhook/base/time.hpp>

#include <sys/types.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace offhook::bench {

/// Processor time of a process as the scheduler counts it, in ms: all its threads by name (proc(5): task/TID/comm, schedstat).
[[nodiscard]] std::map<std::string, double> thread_times_ms(pid_t pid);

/// Watches that time, so that it can be told for any stretch afterwards.
class TimeWatch {
 public:
  explicit TimeWatch(pid_t pid);
  ~TimeWatch();
  TimeWatch(const TimeWatch&) = delete;
  TimeWatch& operator=(const TimeWatch&) = delete;
  void stop();
  /// Processor time of [from, to], in ms. After stop().
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
