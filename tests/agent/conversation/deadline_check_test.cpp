#include <offhook/agent/conversation/deadline_check.hpp>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using offhook::agent::DeadlineCheck;

namespace {
constexpr offhook::base::TimePoint kCheckStart{};
}

TEST_CASE("A conversation checks its deadlines at the first tick and after a pause of up to 500 ms; after a longer pause it waits 10 ms more") {
  DeadlineCheck check;
  auto now = kCheckStart + 1h;
  CHECK(check.at_tick(now));
  CHECK(check.at_tick(now += DeadlineCheck::kDelay));
  CHECK_FALSE(check.at_tick(now += DeadlineCheck::kDelay + 1ns));
  CHECK_FALSE(check.at_tick(now += DeadlineCheck::kReading - 1ns));
  CHECK(check.at_tick(now += 1ns));
  CHECK(check.at_event(now));
}

TEST_CASE("No event after a long pause of its thread makes a conversation check its deadlines before a tick does") {
  DeadlineCheck check;
  auto now = kCheckStart;
  CHECK(check.at_event(now));
  CHECK_FALSE(check.at_event(now += 9s));
  CHECK_FALSE(check.at_event(now += DeadlineCheck::kReading));
  CHECK_FALSE(check.at_event(now += 200ms));
  CHECK(check.at_tick(now));
}

TEST_CASE("A conversation whose thread is always late checks its deadlines at every other tick") {
  DeadlineCheck check;
  auto now = kCheckStart;
  CHECK(check.at_tick(now));
  for (int i = 0; i < 10; ++i) {
    CHECK_FALSE(check.at_tick(now += 511ms));
    CHECK_FALSE(check.at_event(now += 511ms));
    CHECK(check.at_tick(now));
  }
}
