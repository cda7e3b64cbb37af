#include <offhook/agent/conversation/deadline_check.hpp>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using offhook::agent::DeadlineCheck;

namespace {
constexpr offhook::base::TimePoint kCheckStart{};
}

TEST_CASE("DeadlineCheck allows a check at the first tick and after a pause of up to 500 ms. After a longer pause the first check is at the eighth tick") {
  DeadlineCheck check;
  auto now = kCheckStart + 1h;
  CHECK(check.at_tick(now));
  CHECK(check.at_tick(now += DeadlineCheck::kDelay));
  CHECK_FALSE(check.at_tick(now += DeadlineCheck::kDelay + 1ns));
  for (int tick = 2; tick < 8; ++tick) CHECK_FALSE(check.at_tick(now += 10ms));
  CHECK(check.at_tick(now += 10ms));
  CHECK(check.at_event(now));
}

TEST_CASE("After a long pause of the thread, no event allows a check of the deadlines before the eighth tick, even if the events take long") {
  DeadlineCheck check;
  auto now = kCheckStart;
  CHECK(check.at_event(now));
  CHECK_FALSE(check.at_event(now += 9s));
  CHECK_FALSE(check.at_event(now += 10ms));
  CHECK_FALSE(check.at_event(now += 200ms));
  for (int tick = 1; tick < 8; ++tick) CHECK_FALSE(check.at_tick(now += 20ms));  // The thread reads its sockets before each tick.
  CHECK(check.at_tick(now));
}

TEST_CASE("If the thread is always late, DeadlineCheck allows a check of the deadlines at every eighth tick") {
  DeadlineCheck check;
  auto now = kCheckStart;
  CHECK(check.at_tick(now));
  for (int i = 0; i < 10; ++i) {
    for (int tick = 1; tick < 8; ++tick) {
      CHECK_FALSE(check.at_tick(now += 511ms));
      CHECK_FALSE(check.at_event(now += 511ms));
    }
    CHECK(check.at_tick(now += 511ms));
  }
}
