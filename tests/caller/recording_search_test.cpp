#include <offhook/tests/caller/recording_search.hpp>

#include <offhook/agent/demo/prepare_lines.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace offhook;

namespace {

constexpr std::size_t kRate = 16000;

/// Returns audio similar to a voice: a tone with varying pitch and loudness, which differs for each `seed`.
std::vector<std::int16_t> sentence(double seconds, double seed) {
  std::vector<std::int16_t> pcm(static_cast<std::size_t>(seconds * kRate));
  double phase = 0;
  for (std::size_t i = 0; i < pcm.size(); ++i) {
    const double t = static_cast<double>(i) / kRate;
    phase += 2 * 3.14159265 * (150 + 60 * seed + 70 * std::sin(3 * t * seed)) / kRate;
    pcm[i] = static_cast<std::int16_t>(6000 * (1.2 + std::sin(9 * t + seed)) * (std::sin(phase) + 0.4 * std::sin(3 * phase)));
  }
  return pcm;
}

std::vector<std::int16_t> said(const std::string& text) {
  auto lines = agent::demo::prepare_lines({text}, "slt");
  REQUIRE(lines);
  return lines->front().pcm;
}

std::vector<std::int16_t> silence_then(std::size_t silent, const std::vector<std::int16_t>& pcm, std::size_t after) {
  std::vector<std::int16_t> all(silent);
  all.insert(all.end(), pcm.begin(), pcm.end());
  all.resize(all.size() + after);
  return all;
}

}  // namespace

TEST_CASE("find_sentence returns the position of a sentence, with full likeness") {
  const auto wanted = sentence(2, 1);
  const auto found = caller::find_sentence(silence_then(12345, wanted, 20000), wanted);
  REQUIRE(found);
  CHECK(found->begin == doctest::Approx(12345).epsilon(0.01));
  CHECK(found->likeness >= 99);
  CHECK(found->worst >= 99);
}

TEST_CASE("find_sentence gives a high voice full likeness at every start position") {
  const auto wanted = sentence(0.5, 9);
  for (std::size_t begin = 8000; begin < 8017; begin += 2) {
    const auto found = caller::find_sentence(silence_then(begin, wanted, 8000), wanted);
    REQUIRE(found);
    CHECK(found->likeness >= 99);
  }
}

TEST_CASE("find_sentence ignores nearly silent audio, where the running sum has rounding errors from loud samples before it") {
  const auto wanted = sentence(0.4, 1);
  for (int seed = 2; seed < 5; ++seed) {
    auto recording = silence_then(3000, sentence(1, seed), kRate);
    for (std::size_t i = recording.size() - kRate; i < recording.size(); ++i) recording[i] = static_cast<std::int16_t>(i % 7 == 0);
    recording.insert(recording.end(), wanted.begin(), wanted.end());
    const auto found = caller::find_sentence(recording, wanted);
    REQUIRE(found);
    CHECK(found->likeness >= 99);
  }
}

TEST_CASE("If the end of a sentence is cut off, find_sentence reports a low likeness of its worst part") {
  const auto wanted = sentence(2, 1);
  auto recording = silence_then(8000, wanted, 20000);
  std::fill(recording.begin() + 8000 + 3 * kRate / 2, recording.end(), std::int16_t{0});
  const auto found = caller::find_sentence(recording, wanted);
  REQUIRE(found);
  CHECK(found->worst < 20);
}

TEST_CASE("find_sentence finds a sentence at any position if a jitter buffer removed 10 ms from it and inserted 200 ms into it") {
  const auto wanted = said("You want bicycle number forty two. I press the keys for you.");
  for (std::size_t cut = kRate / 2; cut < 7 * kRate / 10; cut += kRate / 15) {
    auto recording = silence_then(12345, wanted, 20000);
    const auto middle = recording.begin() + 12345 + static_cast<std::ptrdiff_t>(cut);
    recording.erase(middle, middle + kRate / 100);
    recording.insert(recording.begin() + 12345 + static_cast<std::ptrdiff_t>(3 * kRate / 2 + cut), kRate / 5, std::int16_t{0});
    const auto found = caller::find_sentence(recording, wanted);
    REQUIRE(found);
    CHECK(found->likeness >= 90);
    CHECK(found->worst >= 75);
    CHECK(found->jumps <= 3);
  }
}

TEST_CASE("find_sentence reports a piece of 0.3 s that is missing, silent, or replaced by other words") {
  const auto wanted = said("You want bicycle number forty two. I press the keys for you."), other = said("We are open from nine in the morning.");
  for (std::size_t at = kRate / 2; at < 2 * kRate; at += 9 * kRate / 20) {
    const auto begin = static_cast<std::ptrdiff_t>(12345 + at), end = begin + static_cast<std::ptrdiff_t>(3 * kRate / 10);
    auto missing = silence_then(12345, wanted, 20000), silent = missing, replaced = missing;
    missing.erase(missing.begin() + begin, missing.begin() + end);
    std::fill(silent.begin() + begin, silent.begin() + end, std::int16_t{0});
    std::copy_n(other.begin() + kRate / 2, end - begin, replaced.begin() + begin);
    for (const auto& recording : {missing, silent, replaced}) {
      const auto found = caller::find_sentence(recording, wanted);
      REQUIRE(found);
      CHECK((found->worst < 50 || found->weak > 1));  // heard_whole in tests/peers/openai.sh makes the same check.
    }
  }
}

TEST_CASE("find_sentence counts the places where silence was inserted into a sentence") {
  const auto wanted = said("You want bicycle number forty two. I press the keys for you.");
  auto choppy = silence_then(12345, wanted, 20000);
  for (std::size_t gap = 5; gap > 0; --gap) choppy.insert(choppy.begin() + 12345 + static_cast<std::ptrdiff_t>(gap * kRate / 2), kRate / 5, std::int16_t{0});
  const auto found = caller::find_sentence(choppy, wanted);
  REQUIRE(found);
  CHECK(found->jumps > 3);
}

TEST_CASE("find_sentence does not confuse two sentences of the same voice") {
  const auto recording = silence_then(8000, said("We are open from nine in the morning to six in the evening, Monday to Friday."), 20000);
  const auto found = caller::find_sentence(recording, said("You find us at twelve Harbor Street, next to the train station."));
  REQUIRE(found);
  CHECK(found->likeness < 60);
  CHECK(found->worst < 40);
}

TEST_CASE("find_sentence does not find a word in other sentences of the same voice") {
  const auto recording = silence_then(8000, said("Hello, this is Blue River Bicycles. How can I help you? Thank you for calling."), 20000);
  const auto found = caller::find_sentence(recording, said("Goodbye."));
  REQUIRE(found);
  CHECK(found->likeness < 80);  // A word of 0.6 s resembles many sounds.
  CHECK(found->jumps == 0);
}

TEST_CASE("find_sentence does not confuse two sentences with different pitch") {
  const auto found = caller::find_sentence(silence_then(8000, sentence(2, 2), 20000), sentence(2, 1));
  REQUIRE(found);
  CHECK(found->likeness < 60);
  CHECK(found->worst < 40);
}

TEST_CASE("find_sentence returns nullopt if the recording is too short or the sentence is silent") {
  CHECK_FALSE(caller::find_sentence(std::vector<std::int16_t>(100), sentence(2, 1)));
  CHECK_FALSE(caller::find_sentence(sentence(2, 1), std::vector<std::int16_t>(kRate)));
}

TEST_CASE("voiced_stretches joins two stretches with a short pause between them, and separates them if the pause is long") {
  std::vector<std::int16_t> pcm = silence_then(kRate, sentence(1, 1), kRate / 10);
  const auto second = silence_then(0, sentence(1, 1), kRate);
  pcm.insert(pcm.end(), second.begin(), second.end());
  CHECK(caller::voiced_stretches(pcm, kRate, 300).size() == 1);
  const auto apart = caller::voiced_stretches(pcm, kRate, 50);
  REQUIRE(apart.size() >= 2);
  CHECK(apart.front().begin == doctest::Approx(kRate).epsilon(0.01));
  CHECK(caller::voiced_stretches(std::vector<std::int16_t>(kRate), kRate, 300).empty());
}
