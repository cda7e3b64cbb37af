#include <offhook/agent/providers/transcription/turn_text.hpp>

#include <doctest/doctest.h>

#include <string>

using offhook::agent::TurnText;

TEST_CASE("TurnText joins final words, and replaces the interim text") {
  TurnText text(100);
  text.set_interim("good");
  CHECK(text.take_news() == "good");
  CHECK_FALSE(text.take_news());
  CHECK(text.add("Good day.", 1));
  text.set_interim("are you");
  CHECK(text.take_news() == "Good day. are you");
  text.drop_interim();
  CHECK(text.so_far() == "Good day.");
  text.begin();
  CHECK(text.so_far().empty());
  CHECK_FALSE(text.take_news());
}

TEST_CASE("TurnText leaves out words that would exceed its bound") {
  TurnText text(8);
  CHECK(text.add("1234", 1));
  text.set_interim("5678");
  CHECK(text.so_far() == "1234");
  CHECK_FALSE(text.add("5678", 1));
  CHECK(text.add("567", 1));
  CHECK(text.so_far() == "1234 567");
  CHECK(text.is_consistent());
}

TEST_CASE("TurnText averages the confidences of its texts, weighted by the length of the texts") {
  TurnText text(100);
  CHECK(text.confidence() == 0);
  text.set_interim("abc");
  CHECK(text.confidence() == 1);
  text.set_interim("abc", 0.5);
  CHECK(text.confidence() == doctest::Approx(0.5));
  (void)text.add("a", 0.2);
  text.set_interim("abc", 0.6);
  CHECK(text.confidence() == doctest::Approx(0.5));
  text.set_interim("abc");
  CHECK(text.confidence() == doctest::Approx(0.2));
}
