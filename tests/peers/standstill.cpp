// offhook_test_standstill: whether this machine gives its programs their time. Wakes each 5 ms; each time that comes 20 ms late or more
// it prints, as "MILLISECONDS-SINCE-1970 LATE-BY", until it is ended, or who started it is gone.
#include <fmt/format.h>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <thread>

int main() {
  using std::chrono::milliseconds, std::chrono::steady_clock, std::chrono::system_clock;
  constexpr milliseconds kStep{5}, kLate{20};
  const pid_t parent = ::getppid();
  for (auto due = steady_clock::now() + kStep; ::getppid() == parent; due += kStep) {
    std::this_thread::sleep_until(due);
    const auto now = steady_clock::now();
    if (now - due < kLate) continue;
    const auto at = std::chrono::duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    fmt::print("{} {}\n", at, std::chrono::duration_cast<milliseconds>(now - due).count());
    std::fflush(stdout);
    due = now;
  }
}
