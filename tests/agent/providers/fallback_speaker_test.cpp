#include <offhook/agent/providers/fallback_speaker.hpp>

#include <doctest/doctest.h>

#include "fake_parts.hpp"

#include <algorithm>

using namespace offhook::agent;
using namespace offhook::agent::test;
using namespace std::chrono_literals;

namespace {

struct TwoVoices {
  std::vector<std::string> log;
  FakeSpeaker* first = nullptr;
  FakeSpeaker* second = nullptr;
  std::vector<ServiceFailure> told;
  std::unique_ptr<FallbackSpeaker> speaker;

  explicit TwoVoices(offhook::base::Duration patience = FallbackSpeaker::kPatience) {
    auto one = std::make_unique<FakeSpeaker>(), two = std::make_unique<FakeSpeaker>();
    one->log = two->log = &log;
    one->name = "first";
    two->name = "second";
    one->rate = 24000;
    first = one.get();
    second = two.get();
    speaker = std::make_unique<FallbackSpeaker>(std::move(one), std::move(two), patience, [this](ServiceFailure failure) { told.push_back(std::move(failure)); });
  }
  std::size_t logged(const std::string& line) const { return static_cast<std::size_t>(std::count(log.begin(), log.end(), line)); }
};

}  // namespace

TEST_CASE_FIXTURE(TwoVoices, "If the first speaker fails, FallbackSpeaker gives all utterances to the second speaker in order, and gives no event about the failure") {
  speaker->speak(1, "One.");
  speaker->speak(2, "Two.");
  first->yields = {SpeakFailed{1, "no network", FailureKind::Network}};
  CHECK_FALSE(speaker->poll());
  CHECK(logged("second speak 1 'One.'") == 1);
  CHECK(logged("second speak 2 'Two.'") == 1);
  speaker->speak(3, "Three.");
  CHECK(logged("second speak 3 'Three.'") == 1);
  second->yields = {SpeechAudio{1, {1, 2}, {}}, SpeechDone{1}, SpeakFailed{2, "broken", FailureKind::Local}};
  const auto audio = speaker->poll();
  REQUIRE(audio);
  CHECK(std::get<SpeechAudio>(*audio).rate_hz == 16000);
  CHECK(std::holds_alternative<SpeechDone>(*speaker->poll()));
  CHECK(std::holds_alternative<SpeakFailed>(*speaker->poll()));
}

TEST_CASE_FIXTURE(TwoVoices, "The second speaker continues a sentence that failed in the middle. The first speaker speaks the next request") {
  speaker->speak(1, "Good morning, this is Blue River.");
  speaker->speak(7, "How may I help?");
  first->yields = {SpeechAudio{1, std::vector<std::int16_t>(24000), {{"Good", 0}, {"morning,", 8000}, {"this", 20000}}},
                   SpeakFailed{1, "broke", FailureKind::Network}};
  const auto begun = std::get<SpeechAudio>(*speaker->poll());
  CHECK(begun.rate_hz == 24000);
  REQUIRE(begun.words.size() == 2);  // The audio of "this" may be incomplete.
  CHECK_FALSE(speaker->poll());
  CHECK(logged("second speak 1 'this is Blue River.'") == 1);
  CHECK(logged("second speak 7 'How may I help?'") == 1);
  second->yields = {SpeechAudio{1, std::vector<std::int16_t>(8000), {{"this", 0}, {"is", 4000}}}, SpeechDone{1}, SpeechAudio{7, {1}, {}}, SpeechDone{7}};
  const auto rest = std::get<SpeechAudio>(*speaker->poll());
  CHECK(rest.rate_hz == 16000);
  REQUIRE(rest.words.size() == 1);
  CHECK(rest.words[0].first_sample == 16000);  // The second speaker continues after 1 s of audio.
  const auto last = std::get<SpeechAudio>(*speaker->poll());
  REQUIRE(last.words.size() == 1);
  CHECK(last.words[0].text == "is");
  CHECK(std::get<SpeechDone>(*speaker->poll()).utterance == 1);
  while (speaker->poll()) {
  }
  speaker->speak(2, "Two.");
  CHECK(logged("first speak 2 'Two.'") == 1);
  CHECK(logged("second speak 2 'Two.'") == 0);
}

TEST_CASE_FIXTURE(TwoVoices, "FallbackSpeaker replaces a first speaker that stalls in a sentence. If the second speaker also fails, the utterance fails") {
  const offhook::base::TimePoint now{};
  speaker->speak(1, "One moment, please.");
  speaker->tick(now);
  first->yields = {SpeechAudio{1, std::vector<std::int16_t>(24000), {{"One", 0}, {"moment,", 8000}}}};
  CHECK(speaker->poll());
  speaker->tick(now + 1s);
  speaker->tick(now + 1s + FallbackSpeaker::kPatience - 1ms);
  CHECK(logged("second speak 1 'moment, please.'") == 0);
  speaker->tick(now + 1s + FallbackSpeaker::kPatience);
  CHECK(logged("second speak 1 'moment, please.'") == 1);
  second->yields = {SpeakFailed{1, "broke", FailureKind::Local}};
  CHECK(std::holds_alternative<SpeakFailed>(*speaker->poll()));
  CHECK_FALSE(speaker->poll());
}

TEST_CASE_FIXTURE(TwoVoices, "FallbackSpeaker waits longer for the end of a sentence while its audio plays, and uses the first speaker again afterwards") {
  const offhook::base::TimePoint now{};
  speaker->speak(1, "One moment, please.");
  speaker->tick(now);
  offhook::base::Duration most{};
  SUBCASE("FallbackSpeaker waits longer by the duration of the audio") {
    first->yields = {SpeechAudio{1, std::vector<std::int16_t>(24000), {{"One", 0}, {"moment,", 8000}}}};
    most = 1s;
  }
  SUBCASE("FallbackSpeaker waits longer by at most 4/5 of its time limit") {
    first->yields = {SpeechAudio{1, std::vector<std::int16_t>(240000), {{"One", 0}, {"moment,", 8000}}}};
    most = FallbackSpeaker::kPatience * 4 / 5;
  }
  CHECK(speaker->poll());
  speaker->tick(now);
  speaker->tick(now + FallbackSpeaker::kPatience + most - 1ms);
  CHECK(log.back() == "first speak 1 'One moment, please.'");
  speaker->tick(now + FallbackSpeaker::kPatience + most);
  CHECK(log.back().starts_with("second speak 1"));
  second->yields = {SpeechAudio{1, {1}, {}}, SpeechDone{1}};
  while (speaker->poll()) {
  }
  speaker->speak(2, "Two.");
  CHECK(log.back() == "first speak 2 'Two.'");
}

TEST_CASE_FIXTURE(TwoVoices, "FallbackSpeaker replaces a first speaker that gives no audio in time, and does not use it again") {
  const offhook::base::TimePoint now{};
  speaker->tick(now);
  speaker->speak(1, "One.");
  speaker->speak(2, "Two.");
  speaker->tick(now);
  speaker->tick(now + FallbackSpeaker::kPatience - 1ms);
  CHECK(logged("second speak 1 'One.'") == 0);
  speaker->tick(now + FallbackSpeaker::kPatience);
  CHECK(logged("second speak 1 'One.'") == 1);
  CHECK(logged("second speak 2 'Two.'") == 1);
  speaker->tick(now + 2 * FallbackSpeaker::kPatience);
  CHECK(logged("second speak 1 'One.'") == 1);
  second->yields = {SpeechAudio{1, {1}, {}}, SpeechDone{1}, SpeechAudio{2, {1}, {}}, SpeechDone{2}};
  while (speaker->poll()) {
  }
  speaker->speak(3, "Three.");
  CHECK(logged("second speak 3 'Three.'") == 1);
}

TEST_CASE_FIXTURE(TwoVoices, "FallbackSpeaker reports each failure of the first speaker with its reason, and gives an event for a failure of the second") {
  speaker->speak(1, "One.");
  first->yields = {SpeakFailed{1, "the speech server answered 400 (invalid_value, voice)", FailureKind::Protocol}};
  CHECK_FALSE(speaker->poll());
  REQUIRE(told.size() == 1);
  CHECK(told[0].stage == Stage::Speak);
  CHECK(told[0].why == "the speech server answered 400 (invalid_value, voice)");
  CHECK(told[0].kind == FailureKind::Protocol);
  second->yields = {SpeakFailed{1, "broken", FailureKind::Local}};
  CHECK(speaker->poll());
  const offhook::base::TimePoint now{};
  speaker->speak(2, "Two.");
  speaker->tick(now);
  speaker->tick(now + FallbackSpeaker::kPatience);
  REQUIRE(told.size() == 2);
  CHECK(told[1].why == "no sound came in time");
  CHECK(told[1].kind == FailureKind::Timeout);
}

TEST_CASE("FallbackSpeaker waits for the first speaker for the time that its constructor gets") {
  TwoVoices hasty(250ms);
  const offhook::base::TimePoint now{};
  hasty.speaker->speak(1, "One.");
  hasty.speaker->tick(now);
  hasty.speaker->tick(now + 249ms);
  CHECK(hasty.logged("second speak 1 'One.'") == 0);
  hasty.speaker->tick(now + 250ms);
  CHECK(hasty.logged("second speak 1 'One.'") == 1);
}

TEST_CASE_FIXTURE(TwoVoices, "The time limit for the first speaker begins again with each utterance and with each piece of audio") {
  const offhook::base::TimePoint now{};
  speaker->speak(1, "One.");
  speaker->tick(now);
  first->yields = {SpeechAudio{1, {1}, {}}};
  CHECK(speaker->poll());
  speaker->speak(2, "Two.");
  for (int s = 1; s <= 10; ++s) {
    speaker->tick(now + std::chrono::seconds(s));
    first->yields = {SpeechAudio{1, {1}, {}}};
    CHECK(speaker->poll());
  }
  CHECK(logged("second speak 1 'One.'") == 0);
  first->yields = {SpeechDone{1}};
  CHECK(speaker->poll());
  speaker->tick(now + 11s);
  speaker->tick(now + 11s + FallbackSpeaker::kPatience - 1ms);
  CHECK(logged("second speak 2 'Two.'") == 0);
  speaker->cancel();
  speaker->speak(3, "Three.");
  speaker->tick(now + 20s);
  CHECK(logged("second speak 3 'Three.'") == 0);
  CHECK(logged("first speak 3 'Three.'") == 1);
}
