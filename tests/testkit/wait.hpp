#pragma once

#include <chrono>
#include <thread>

namespace offhook_test {

/// Waits until done() returns true. Returns false if it does not within the deadline. The deadline only limits the wait for a condition
/// that never becomes true; no test result depends on the speed of the machine. Use it for state that gives no signal when it changes
/// (counters, queues without locks, files) and must therefore be polled. Wait for a descriptor, a condition variable or a future by its own
/// signal instead.
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
