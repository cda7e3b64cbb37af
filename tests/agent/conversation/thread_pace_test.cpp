#include <offhook/agent/conversation/thread_pace.hpp>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using offhook::agent::ThreadPace;

namespace {
constexpr offhook::base::TimePoint kThreadStart{};
}

TEST_CASE("A conversation thread wakes every 10 ms while it has calls, from a fixed origin, and every 250 ms without them") {
  ThreadPace pace(kThreadStart);
  CHECK(pace.due() == kThreadStart + 250ms);
  CHECK(pace.on_wake(kThreadStart + 250ms, false));
  CHECK(pace.due() == kThreadStart + 500ms);
  pace.begin(kThreadStart + 300ms);
  CHECK(pace.due() == kThreadStart + 310ms);
  CHECK(pace.on_wake(kThreadStart + 313ms, true));
  CHECK(pace.due() == kThreadStart + 320ms);
  CHECK(pace.on_wake(kThreadStart + 320ms, false));
  CHECK(pace.due() == kThreadStart + 570ms);
}

TEST_CASE("A conversation thread that is late catches up one tick, and no more") {
  ThreadPace pace(kThreadStart);
  pace.begin(kThreadStart);
  CHECK(pace.on_wake(kThreadStart + 95ms, true));
  CHECK(pace.due() == kThreadStart + 85ms);
}

TEST_CASE("A conversation thread that wakes 500 ms late ticks its calls; one that is later reads its sockets first") {
  const auto wakes = [](offhook::base::Duration late) {
    ThreadPace pace(kThreadStart);
    pace.begin(kThreadStart);
    const auto now = kThreadStart + ThreadPace::kCalls + late;
    const bool ticks = pace.on_wake(now, true);
    if (ticks) return true;
    CHECK(pace.due() == now + ThreadPace::kCalls);
    CHECK(pace.on_wake(pace.due(), true));  // The tick that was put off.
    return false;
  };
  CHECK(wakes(ThreadPace::kDelay));
  CHECK_FALSE(wakes(ThreadPace::kDelay + 1ns));
}
