#include <offhook/agent/store/day.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent;
using namespace offhook::agent::store;
using namespace std::chrono_literals;

TEST_CASE("The daily task is due at the start and on each new day, and again while it fails") {
  DailyTask task;
  WallTime now{20000 * 24h + 23h};
  CHECK(task.is_due(now));
  CHECK(task.is_due(now + 1min));
  task.done(now);
  CHECK_FALSE(task.is_due(now + 59min));
  CHECK(task.is_due(now + 1h));
  task.done(now + 1h);
  CHECK_FALSE(task.is_due(now + 24h));
}
