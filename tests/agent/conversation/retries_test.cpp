#include <offhook/agent/conversation/retries.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent;

TEST_CASE("take() returns each retry once, and add() drops retries beyond kMost") {
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

TEST_CASE("The parts of a session can take at most half of a turn's attempts, and the conversation can take the remaining attempts") {
  TurnRetries turn(4);
  CHECK(turn.try_repeat(Stage::Think));
  CHECK(turn.try_repeat(Stage::Think));
  CHECK_FALSE(turn.try_repeat(Stage::Think));
  CHECK(turn.try_again(Stage::Think));
  CHECK(turn.try_again(Stage::Think));
  CHECK_FALSE(turn.try_again(Stage::Think));
}

TEST_CASE("Retries of the conversation also count against the retries that the parts may use in the same turn") {
  TurnRetries turn(4);
  CHECK(turn.try_again(Stage::Think));
  CHECK(turn.try_again(Stage::Think));
  CHECK_FALSE(turn.try_repeat(Stage::Think));
}

TEST_CASE("Each stage has its own attempts, and begin() restores the attempts of one stage") {
  TurnRetries turn(1);
  CHECK(turn.try_again(Stage::Think));
  CHECK(turn.try_again(Stage::Speak));
  turn.begin(Stage::Think);
  CHECK(turn.try_again(Stage::Think));
  CHECK_FALSE(turn.try_again(Stage::Speak));
  CHECK(turn.try_again(Stage::Listen));
  CHECK_FALSE(turn.try_repeat(Stage::Listen));
}

TEST_CASE("If the turn has no attempt left, a part repeats no request and reports no retry") {
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
