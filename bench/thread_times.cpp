#include <offhook/bench/thread_times.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>

namespace offhook::bench {

namespace fs = std::filesystem;

std::map<std::string, double> thread_times_ms(pid_t pid) {
  std::map<std::string, double> times;
  std::error_code error;
  for (const auto& task : fs::directory_iterator("/proc/" + std::to_string(pid) + "/task", error)) {
    std::string name;
    double nanoseconds = 0;
    std::getline(std::ifstream(task.path() / "comm"), name);
    std::ifstream(task.path() / "schedstat") >> nanoseconds;
    times[name] += nanoseconds / 1e6;
  }
  return times;
}

TimeWatch::TimeWatch(pid_t pid)
    : thread_([this, pid] {
        for (; !stop_; std::this_thread::sleep_for(std::chrono::milliseconds(10))) {
          double sum = 0;
          for (const auto& [name, ms] : thread_times_ms(pid)) sum += ms;
          samples_.push_back({base::Clock::now(), sum});
        }
      }) {}

TimeWatch::~TimeWatch() { stop(); }

void TimeWatch::stop() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

double TimeWatch::at(base::TimePoint when) const {
  const auto after = std::find_if(samples_.begin(), samples_.end(), [when](const Sample& sample) { return sample.at >= when; });
  if (after == samples_.begin()) return samples_.empty() ? 0 : samples_.front().ms;
  if (after == samples_.end()) return samples_.back().ms;
  const auto before = std::prev(after);
  const double part = std::chrono::duration<double>(when - before->at) / std::chrono::duration<double>(after->at - before->at);
  return before->ms + part * (after->ms - before->ms);
}

double TimeWatch::between(base::TimePoint from, base::TimePoint to) const { return at(to) - at(from); }

}  // namespace offhook::bench
