#include <offhook/agent/store/backlog.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook;
using namespace offhook::agent::store;
using namespace std::chrono_literals;

namespace {

const base::TimePoint kStart{100s};
constexpr auto kGather = 10ms;

struct Item {
  std::string text, group;
};
std::size_t weight_of(const Item& item) { return 100 + item.text.size(); }
std::string_view group_of(const Item& item) { return item.group; }

struct Waiting : Backlog<Item> {
  explicit Waiting(BacklogLimits limits = {}) : Backlog(limits, kGather) {}
  bool try_add_text(std::string text, base::TimePoint now, std::string group = {}) { return try_add({std::move(text), std::move(group)}, now); }
};

}  // namespace

TEST_CASE("Backlog collects items for a while, and take() returns them in their order") {
  Waiting backlog;
  CHECK_FALSE(backlog.next_deadline());
  REQUIRE(backlog.try_add_text("a", kStart));
  REQUIRE(backlog.try_add_text("b", kStart + 5ms));
  CHECK(backlog.next_deadline() == kStart + kGather);
  CHECK_FALSE(backlog.is_due(kStart + 9ms));
  CHECK(backlog.is_due(kStart + 10ms));
  const auto taken = backlog.take();
  REQUIRE(taken.size() == 2);
  CHECK(taken[0].text == "a");
  REQUIRE(backlog.try_add_text("c", kStart + 11ms));
  CHECK_FALSE(backlog.next_deadline());  // The first group is still being written.
  backlog.committed(kStart + 12ms);
  CHECK(backlog.is_due(kStart + 12ms));
  CHECK(backlog.counters().committed == 2);
  CHECK(backlog.counters().waiting == 1);
}

TEST_CASE("take() returns at most kMaxGroup items, and the remaining items are due at once") {
  Waiting backlog;
  for (std::size_t i = 0; i <= Waiting::kMaxGroup; ++i) REQUIRE(backlog.try_add_text("x", kStart));
  CHECK(backlog.take().size() == Waiting::kMaxGroup);
  backlog.committed(kStart + 20ms);
  CHECK(backlog.is_due(kStart + 20ms));
  CHECK(backlog.take().size() == 1);
}

TEST_CASE("A group that could not be written returns to the front of the backlog, and is due again after a delay that grows") {
  Waiting backlog;
  REQUIRE(backlog.try_add_text("first", kStart));
  auto now = kStart;
  for (const auto wait : {500ms, 1000ms, 2000ms, 4000ms, 8000ms, 15000ms, 15000ms}) {
    auto taken = backlog.take();
    REQUIRE(backlog.try_add_text("later", now));
    backlog.failed(std::move(taken), now);
    CHECK(backlog.next_deadline() == now + wait);
    now = *backlog.next_deadline();
  }
  CHECK(backlog.counters().failures_in_row == 7);
  CHECK(backlog.take()[0].text == "first");
  backlog.committed(now);
  CHECK(backlog.counters().failures_in_row == 0);
  CHECK(backlog.counters().committed == 8);
}

TEST_CASE("A backlog with its maximum number of items refuses and counts the newest item, and accepts items again after a commit") {
  Waiting backlog({3, 1U << 20U});
  for (int i = 0; i < 3; ++i) REQUIRE(backlog.try_add_text("x", kStart));
  CHECK_FALSE(backlog.is_refusing());
  CHECK_FALSE(backlog.try_add_text("x", kStart));
  CHECK(backlog.is_refusing());
  CHECK(backlog.counters().refused == 1);
  auto taken = backlog.take();
  CHECK_FALSE(backlog.try_add_text("x", kStart));  // Items that are being written count until the commit.
  backlog.failed(std::move(taken), kStart);
  CHECK_FALSE(backlog.try_add_text("x", kStart));
  (void)backlog.take();
  backlog.committed(kStart);
  CHECK_FALSE(backlog.is_refusing());
  CHECK(backlog.try_add_text("x", kStart));
}

TEST_CASE("A backlog with its maximum size in octets refuses the newest item") {
  const std::string text(1000, 'x');
  Waiting backlog({100, 2 * weight_of({text, ""})});
  REQUIRE(backlog.try_add_text(text, kStart));
  CHECK_FALSE(backlog.try_add_text(text + "x", kStart));
  CHECK(backlog.try_add_text(text, kStart));
  CHECK_FALSE(backlog.try_add_text("", kStart));
  (void)backlog.take();
  CHECK_FALSE(backlog.try_add_text("", kStart));
  backlog.committed(kStart);
  CHECK(backlog.try_add_text(text + "x", kStart));
}

TEST_CASE("take() returns the items of one group in their order, even after a failure. The items of other groups follow, in their own order") {
  Waiting backlog;
  for (const char* text : {"a", "B", "c", "D", "e"}) REQUIRE(backlog.try_add_text(text, kStart, text[0] < 'a' ? "big" : "small"));
  const auto texts = [](const std::vector<Item>& items) {
    std::string all;
    for (const Item& item : items) all += item.text;
    return all;
  };
  auto group = backlog.take();
  CHECK(texts(group) == "ace");
  backlog.failed(std::move(group), kStart);
  CHECK(backlog.is_failing());
  CHECK(texts(backlog.take()) == "ace");
  backlog.committed(kStart);
  CHECK(backlog.is_due(kStart));
  CHECK(texts(backlog.take()) == "BD");
  backlog.committed(kStart);
  CHECK_FALSE(backlog.next_deadline());
  CHECK(backlog.counters().committed == 5);
}
