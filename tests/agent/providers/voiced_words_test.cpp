#include <offhook/agent/providers/voiced_words.hpp>

#include <doctest/doctest.h>

#include <string>

using offhook::agent::VoicedWords;

namespace {

std::string text_of(const std::vector<offhook::agent::SpokenWord>& words) {
  std::string text;
  for (const auto& word : words) text += word.text + '|';
  return text;
}

}  // namespace

TEST_CASE("While the text is ahead of the audio, VoicedWords gives words at the rate of speech, so that no word counts as heard too early") {
  VoicedWords words(8000);
  words.add_text("One two three four five six ");  // 15 characters take one second. "four" begins at character 14.
  CHECK(words.take().empty());
  words.add_samples(1);
  CHECK(text_of(words.take()) == "One|");
  words.add_samples(14 * 8000 / 15 - 1);
  CHECK(text_of(words.take()) == "two|three|");
  words.add_samples(1);
  CHECK(text_of(words.take()) == "four|");
}

TEST_CASE("If the audio is ahead of the text, VoicedWords places a word in proportion to its position in the text") {
  VoicedWords words(8000);
  words.add_text("slow speech ");
  words.add_samples(48'000);
  const auto taken = words.take();
  REQUIRE(taken.size() == 2);
  CHECK(taken[0].first_sample == 0);
  CHECK(taken[1].first_sample == 5 * 48'000 / 12);
}

TEST_CASE("VoicedWords::finish() places the remaining words within the audio and in order") {
  VoicedWords words(8000);
  words.add_text("very fast indeed, who can follow");
  words.add_samples(800);
  CHECK(text_of(words.take()) == "very|");
  words.finish(true);
  const auto rest = words.take();
  CHECK(text_of(rest) == "fast|indeed,|who|can|follow|");
  for (const auto& word : rest) CHECK(word.first_sample < 800);
  CHECK(rest.back().first_sample == 26 * 800 / 32);
}

TEST_CASE("VoicedWords gives a word only when the word is complete, even if its text comes in pieces") {
  VoicedWords words(8000);
  words.add_samples(80'000);
  words.add_text("Gu");
  words.add_text("ten Mor");
  CHECK(text_of(words.take()) == "Guten|");
  words.add_text("gen");
  words.finish(true);
  CHECK(text_of(words.take()) == "Morgen|");
}

TEST_CASE("After finish(false), VoicedWords gives only the words that begin within the audio") {
  VoicedWords words(8000);
  words.add_text("One two three four five six");
  words.add_samples(9 * 8000 / 15);  // "three" begins at character 8.
  CHECK(text_of(words.take()) == "One|two|three|");
  CHECK(words.said() == "One two three");
  words.add_samples(6 * 8000 / 15);
  CHECK(words.said() == "One two three four");
  words.finish(false);
  CHECK(text_of(words.take()) == "four|");
  CHECK(words.said() == "One two three four");
}

TEST_CASE("VoicedWords gives no words for text without audio, and divides text without blanks into pieces") {
  VoicedWords silent(8000);
  silent.add_text("nothing to hear");
  silent.finish(true);
  CHECK(silent.take().empty());
  VoicedWords words(8000);
  std::string wide;
  for (int i = 0; i < 20; ++i) wide += "\xE3\x81\x82";
  words.add_text(wide);
  words.add_samples(80'000);
  words.finish(true);
  const auto taken = words.take();
  REQUIRE(taken.size() == 3);
  CHECK(taken[0].text.size() == VoicedWords::kLongestWord);
  CHECK(taken[1].first_sample == 8 * 80'000 / 20);
}
