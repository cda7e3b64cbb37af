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

TEST_CASE("Parts take at most half of a turn's further attempts, and the conversation takes the rest") {
  TurnRetries turn(4);
  CHECK(turn.try_repeat(Stage::Think));
  CHECK(turn.try_repeat(Stage::Think));
  CHECK_FALSE(turn.try_repeat(Stage::Think));
  CHECK(turn.try_again(Stage::Think));
  CHECK(turn.try_again(Stage::Think));
  CHECK_FALSE(turn.try_again(Stage::Think));
}

TEST_CASE("The attempts of the conversation count for the parts too") {
  TurnRetries turn(4);
  CHECK(turn.try_again(Stage::Think));
  CHECK(turn.try_again(Stage::Think));
  CHECK_FALSE(turn.try_repeat(Stage::Think));
}

TEST_CASE("Each stage has its own attempts, and begin() renews those of its stage") {
  TurnRetries turn(1);
  CHECK(turn.try_again(Stage::Think));
  CHECK(turn.try_again(Stage::Speak));
  turn.begin(Stage::Think);
  CHECK(turn.try_again(Stage::Think));
  CHECK_FALSE(turn.try_again(Stage::Speak));
  CHECK(turn.try_again(Stage::Listen));
  CHECK_FALSE(turn.try_repeat(Stage::Listen));
}

TEST_CASE("A part repeats no request when the turn has no attempt left, and does not report a retry then") {
  TurnRetries turn(2);
  Retries first, second;
  first.share(&turn, Stage::Speak);
  second.share(&turn, Stage::Speak);
  CHECK(first.try_add("503", kAsksAgain));
  CHECK_FALSE(second.try_add("503", kAsksAgain));
  CHECK(first.take().size() == 1);
  CHECK(second.take().empty());
  turn.begin(Stage::Speak);
  CHECK(second.try_add("503", kAsksAgain));
}
