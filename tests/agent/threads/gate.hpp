#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace offhook_test {

/// Blocks one thread, as a debugger would, until open().
class Gate {
 public:
  ~Gate() { open(); }

  /// Blocks the calling thread until open(), but at most two minutes, so that a failed test does not block the thread for ever.
  void pass() {
    std::unique_lock lock(mutex_);
    held_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::minutes(2), [this] { return open_; });
  }
  /// Waits until a thread is blocked.
  [[nodiscard]] bool wait_until_held() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), [this] { return held_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false, open_ = false;
};

}  // namespace offhook_test
