#include <offhook/agent/providers/rest_of_sentence.hpp>
#include <offhook/agent/providers/turn_audio.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent;

TEST_CASE("rest_of_sentence begins with the word that was cut off") {
  const std::vector<SpokenWord> words{{"we", 0}, {"open", 1000}, {"at", 3000}, {"nine", 4000}};
  CHECK(rest_of_sentence("We open at nine.", words, 0, 16000) == "We open at nine.");
  CHECK(rest_of_sentence("We open at nine.", words, 1500, 16000) == "open at nine.");
  CHECK(rest_of_sentence("We open at nine.", words, 3500, 16000) == "at nine.");
  CHECK(rest_of_sentence("We open at nine.", words, 9000, 16000) == "nine.");
}

TEST_CASE("If the positions of the words are unknown, rest_of_sentence estimates the position, and begins with a whole word") {
  const std::string text = "We are open from nine in the morning until five in the afternoon.";
  const auto rest = rest_of_sentence(text, {}, 24000, 24000);  // In one second, a voice speaks about 15 characters.
  CHECK(rest == "from nine in the morning until five in the afternoon.");
  CHECK(rest_of_sentence(text, {}, 24000 * 60, 24000).empty());
}

TEST_CASE("TurnAudio keeps the last seconds of a turn, up to its bound [kMaxSeconds]") {
  TurnAudio audio;
  audio.begin(8000);
  const std::vector<std::int16_t> second(8000, 1), other(8000, 2);
  for (std::size_t i = 0; i < TurnAudio::kMaxSeconds + 1; ++i) audio.append(second);
  CHECK(audio.at(8000).size() == (TurnAudio::kMaxSeconds + 1) * 8000);  // TurnAudio keeps one second more before it drops audio.
  audio.append(other);
  CHECK(audio.at(8000).size() == TurnAudio::kMaxSeconds * 8000);
  CHECK(audio.at(8000).back() == 2);
  CHECK(audio.at(24000).size() == TurnAudio::kMaxSeconds * 24000);
}
