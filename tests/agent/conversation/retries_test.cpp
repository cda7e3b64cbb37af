#include <offhook/agent/conversation/retries.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent;

TEST_CASE("Retries are taken once, and those beyond the bound are dropped") {
  Retries retries;
  for (std::size_t i = 0; i < Retries::kMost + 1; ++i) retries.add(std::to_string(i), kAsksAgain);
  const auto taken = retries.take();
  REQUIRE(taken.size() == Retries::kMost);
  CHECK(taken.back().why == std::to_string(Retries::kMost - 1));
  CHECK(taken.back().then == "asks again");
  CHECK(retries.take().empty());
  retries.add("one more", kConnectsAgain);
  CHECK(retries.take().size() == 1);
}
