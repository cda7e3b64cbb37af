#include <offhook/agent/conversation/thread_pace.hpp>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using offhook::agent::ThreadPace;

namespace {
constexpr offhook::base::TimePoint kThreadStart{};
}

TEST_CASE("A conversation thread with calls wakes every 10 ms, counted from a fixed origin. A thread without calls wakes every 250 ms") {
  ThreadPace pace(kThreadStart);
  CHECK(pace.due() == kThreadStart + 250ms);
  pace.on_wake(kThreadStart + 250ms, false);
  CHECK(pace.due() == kThreadStart + 500ms);
  pace.begin(kThreadStart + 300ms);
  CHECK(pace.due() == kThreadStart + 310ms);
  pace.on_wake(kThreadStart + 313ms, true);
  CHECK(pace.due() == kThreadStart + 320ms);
  pace.on_wake(kThreadStart + 320ms, false);
  CHECK(pace.due() == kThreadStart + 570ms);
}

TEST_CASE("A conversation thread that is late catches up one tick, and no more") {
  ThreadPace pace(kThreadStart);
  pace.begin(kThreadStart);
  pace.on_wake(kThreadStart + 95ms, true);
  CHECK(pace.due() == kThreadStart + 85ms);
}

TEST_CASE("A conversation thread that is always late wakes again at once each time") {
  ThreadPace pace(kThreadStart);
  pace.begin(kThreadStart);
  for (auto now = kThreadStart + 1s; now < kThreadStart + 10s; now += 511ms) {
    pace.on_wake(now, true);
    CHECK(pace.due() == now - 10ms);
  }
}
