#pragma once

#include <chrono>
#include <thread>

namespace offhook_test {

/// Calls done() every millisecond until it returns true. Returns false if done() is still false at the deadline. The deadline is so long that
/// only a condition that never becomes true reaches it, so no test result depends on the speed of the machine. Use wait_until() for state that
/// gives no signal when it changes, such as counters, queues without locks, and files. For a descriptor, a condition variable or a future, wait
/// for its own signal instead.
template <class Done>
[[nodiscard]] bool wait_until(Done done, std::chrono::milliseconds deadline = std::chrono::seconds(30)) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!done()) {
    if (std::chrono::steady_clock::now() >= end) return done();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace offhook_test
