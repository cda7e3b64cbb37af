#include <offhook/agent/records/backlog.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::agent::records;
using namespace std::chrono_literals;

namespace {

const base::TimePoint kStart{100s};

Backlog::Entry entry(const std::string& id, std::size_t octets = 0) {
  CallRecord record;
  record.id = id;
  record.turns = {{}};
  record.turns[0].said = std::string(octets, 'x');
  return {std::move(record), true};
}

}  // namespace

TEST_CASE("Records are collected for 10 ms and taken in their order") {
  Backlog backlog;
  CHECK_FALSE(backlog.next_deadline());
  REQUIRE(backlog.try_add(entry("a"), kStart));
  REQUIRE(backlog.try_add(entry("b"), kStart + 5ms));
  CHECK(backlog.next_deadline() == kStart + Backlog::kGather);
  CHECK_FALSE(backlog.is_due(kStart + 9ms));
  CHECK(backlog.is_due(kStart + 10ms));
  const auto taken = backlog.take();
  REQUIRE(taken.size() == 2);
  CHECK(taken[0].record.id == "a");
  REQUIRE(backlog.try_add(entry("c"), kStart + 11ms));
  CHECK_FALSE(backlog.next_deadline());  // The first group is still being written.
  backlog.committed(kStart + 12ms);
  CHECK(backlog.is_due(kStart + 12ms));
  CHECK(backlog.counters().committed == 2);
  CHECK(backlog.counters().waiting == 1);
}

TEST_CASE("A group has a bound, and the rest follows at once") {
  Backlog backlog;
  for (std::size_t i = 0; i <= Backlog::kMaxGroup; ++i) REQUIRE(backlog.try_add(entry("x"), kStart));
  CHECK(backlog.take().size() == Backlog::kMaxGroup);
  backlog.committed(kStart + 20ms);
  CHECK(backlog.is_due(kStart + 20ms));
  CHECK(backlog.take().size() == 1);
}

TEST_CASE("A group that could not be written returns to the front, and is tried again after growing delays") {
  Backlog backlog;
  REQUIRE(backlog.try_add(entry("first"), kStart));
  auto now = kStart;
  for (const auto wait : {500ms, 1000ms, 2000ms, 4000ms, 8000ms, 15000ms, 15000ms}) {
    auto taken = backlog.take();
    REQUIRE(backlog.try_add(entry("later"), now));
    backlog.failed(std::move(taken), now);
    CHECK(backlog.next_deadline() == now + wait);
    now = *backlog.next_deadline();
  }
  CHECK(backlog.counters().failures_in_row == 7);
  CHECK(backlog.take()[0].record.id == "first");
  backlog.committed(now);
  CHECK(backlog.counters().failures_in_row == 0);
  CHECK(backlog.counters().committed == 8);
}

TEST_CASE("A backlog that is full by number refuses and counts the newest record, and accepts again after a commit") {
  Backlog backlog({3, 1U << 20U});
  for (int i = 0; i < 3; ++i) REQUIRE(backlog.try_add(entry("x"), kStart));
  CHECK_FALSE(backlog.is_refusing());
  CHECK_FALSE(backlog.try_add(entry("x"), kStart));
  CHECK(backlog.is_refusing());
  CHECK(backlog.counters().refused == 1);
  auto taken = backlog.take();
  CHECK_FALSE(backlog.try_add(entry("x"), kStart));  // Records that are being written count until the commit.
  backlog.failed(std::move(taken), kStart);
  CHECK_FALSE(backlog.try_add(entry("x"), kStart));
  (void)backlog.take();
  backlog.committed(kStart);
  CHECK_FALSE(backlog.is_refusing());
  CHECK(backlog.try_add(entry("x"), kStart));
}

TEST_CASE("A backlog that is full by size refuses the newest record") {
  const std::size_t one = weight_of(entry("x", 1000).record);
  Backlog backlog({100, 2 * one});
  REQUIRE(backlog.try_add(entry("x", 1000), kStart));
  CHECK_FALSE(backlog.try_add(entry("x", 1001), kStart));
  CHECK(backlog.try_add(entry("x", 1000), kStart));
  (void)backlog.take();
  backlog.committed(kStart);
  CHECK(backlog.try_add(entry("x", 1001), kStart));
}
