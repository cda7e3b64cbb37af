#include <offhook/agent/app/thread_selector.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace std::chrono_literals;
using offhook::agent::ThreadSelector;
using offhook::base::Duration;

namespace {

std::vector<std::size_t> deal(ThreadSelector& selector, const std::vector<Duration>& late, std::size_t calls) {
  std::vector<std::size_t> dealt;
  for (std::size_t call = 0; call < calls; ++call) dealt.push_back(selector.next(late));
  return dealt;
}

}  // namespace

TEST_CASE("New calls go to the threads in turn") {
  ThreadSelector selector;
  CHECK(deal(selector, {0ms, 0ms, 0ms}, 5) == std::vector<std::size_t>{0, 1, 2, 0, 1});
}

TEST_CASE("A thread that is less than 200 ms late gets calls. A thread that is 200 ms late gets no call until it answers") {
  ThreadSelector selector;
  CHECK(deal(selector, {0ms, ThreadSelector::kPatience - 1ns, 0ms}, 3) == std::vector<std::size_t>{0, 1, 2});
  CHECK(deal(selector, {0ms, ThreadSelector::kPatience, 0ms}, 4) == std::vector<std::size_t>{0, 2, 0, 2});
  CHECK(deal(selector, {0ms, 0ms, 0ms}, 3) == std::vector<std::size_t>{0, 1, 2});
}

TEST_CASE("A thread that is 2 s late has stalled, and a thread that is less late has not") {
  CHECK_FALSE(ThreadSelector::has_stalled(ThreadSelector::kStall - 1ns));
  CHECK(ThreadSelector::has_stalled(2s));
}

TEST_CASE("If no thread answers, the least late thread gets the call") {
  ThreadSelector selector;
  CHECK(deal(selector, {900ms, 300ms, 500ms}, 2) == std::vector<std::size_t>{1, 1});
  CHECK(deal(selector, {10s}, 2) == std::vector<std::size_t>{0, 0});
}
