#include <offhook/agent/conversation/deadline_check.hpp>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using offhook::agent::DeadlineCheck;

namespace {
constexpr offhook::base::TimePoint kCheckStart{};
}

TEST_CASE("A conversation checks its deadlines at the first tick and after a pause of up to 500 ms; after a longer pause only at the eighth tick") {
  DeadlineCheck check;
  auto now = kCheckStart + 1h;
  CHECK(check.at_tick(now));
  CHECK(check.at_tick(now += DeadlineCheck::kDelay));
  CHECK_FALSE(check.at_tick(now += DeadlineCheck::kDelay + 1ns));
  for (int tick = 2; tick < 8; ++tick) CHECK_FALSE(check.at_tick(now += 10ms));
  CHECK(check.at_tick(now += 10ms));
  CHECK(check.at_event(now));
}

TEST_CASE("No event after a long pause of its thread makes a conversation check its deadlines before the ticks do, even if the events take long") {
  DeadlineCheck check;
  auto now = kCheckStart;
  CHECK(check.at_event(now));
  CHECK_FALSE(check.at_event(now += 9s));
  CHECK_FALSE(check.at_event(now += 10ms));
  CHECK_FALSE(check.at_event(now += 200ms));
  for (int tick = 1; tick < 8; ++tick) CHECK_FALSE(check.at_tick(now += 20ms));  // A round of reads comes before each of them.
  CHECK(check.at_tick(now));
}

TEST_CASE("A conversation whose thread is always late checks its deadlines at every eighth tick") {
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
