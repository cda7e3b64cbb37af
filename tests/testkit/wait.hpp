#pragma once

#include <chrono>
#include <thread>

namespace offhook_test {

/// Whether done() came true within the deadline. The deadline ends the wait for something that never comes: no test passes or fails by how fast
/// the machine is. This is for state that gives no signal when it changes (counters, queues without locks, files): asking again after a pause is
/// the only way then. What can signal (a descriptor, a condition variable, a future) is waited for by its signal.
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
