// Whole calls on virtual time that start with a recorded greeting.
#include <offhook/tests/agent/calls/virtual_call.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::test;
using namespace std::chrono_literals;

namespace {

constexpr auto kWords = "Good morning, this is the Harbor Inn. How can I help you?";

/// Returns a recording of 6 s with a constant, speech-like level.
RecordedSpeech six_seconds(std::uint32_t rate_hz, std::string words) {
  const media::Sound sound{rate_hz, std::vector<std::int16_t>(std::size_t{6} * rate_hz, 6000)};
  return {media::Prompt::make(sound, {}), rate_hz, std::move(words)};
}

CallScript greeted(Way way, std::string words = kWords) {
  CallScript script;
  script.ways = {way};
  script.scenario.voice = "tone";
  script.scenario.heard = {"goodbye"};
  script.scenario.replies = {{"goodbye", "Goodbye, and thank you for calling.", {}, {}, {}}};
  script.turns = 1;
  script.recorded_greeting = six_seconds(script.rate_hz, std::move(words));
  return script;
}

std::vector<AgentSaid> lines_said(const VirtualCall& call) {
  std::vector<AgentSaid> all;
  for (const auto& action : call.seen()) {
    if (const auto* line = std::get_if<AgentSaid>(&action)) all.push_back(*line);
  }
  return all;
}

}  // namespace

TEST_CASE("A recorded greeting plays to its end, the transcript has its text, and the call continues as any other call") {
  for (const Way way : {Way::Realtime, Way::Cascade}) {
    CAPTURE(static_cast<int>(way));
    VirtualCall call(greeted(way));
    call.advance(6200ms);
    CHECK(call.line().voiced_ticks() == 300);
    REQUIRE(lines_said(call).size() == 1);
    CHECK(lines_said(call)[0].text == kWords);
    CHECK_FALSE(lines_said(call)[0].interrupted);
    call.run();
    CHECK(call.ended_by() == "caller");
    CHECK(call.turns_answered() == 1);
    CHECK(lines_said(call)[1].text == "Goodbye, and thank you for calling.");
  }
}

TEST_CASE("While the call rings, at most 2 s of a recorded greeting are queued, and the caller later hears the whole greeting") {
  CallScript script = greeted(Way::Cascade);
  script.options.ring_for = 20s;
  VirtualCall call(std::move(script));
  for (int i = 0; i < 19; ++i) {
    call.advance(1s);
    CHECK(call.samples_queued() == 16000);
  }
  call.advance(1s);
  for (int i = 0; i < 62; ++i) {
    call.advance(100ms);
    CHECK(call.samples_queued() <= 16000);
  }
  CHECK(call.line().voiced_ticks() == 300);
  REQUIRE(lines_said(call).size() == 1);
  CHECK(lines_said(call)[0].text == kWords);
  const auto is_trouble = [](const ConversationAction& action) { return std::holds_alternative<TryAgain>(action); };
  CHECK(std::none_of(call.seen().begin(), call.seen().end(), is_trouble));  // The conversation did not mistake the wait for a failed speaker.
}

TEST_CASE("A caller that speaks over a recorded greeting interrupts it, and the record has the words played so far") {
  VirtualCall call(greeted(Way::Cascade));
  call.advance(1500ms);
  call.line().say(1200ms);
  call.advance(800ms);
  const auto heard = call.line().voiced_ticks();
  CHECK(heard < 110);
  REQUIRE(lines_said(call).size() == 1);
  CHECK(lines_said(call)[0].interrupted);
  CHECK(lines_said(call)[0].text.starts_with("Good morning,"));
  CHECK(lines_said(call)[0].text.find("help") == std::string::npos);
  call.advance(400ms);
  CHECK(call.line().voiced_ticks() == heard);  // The greeting does not resume.
}

TEST_CASE("In a recorded call, the recording notice comes before the recorded greeting and is not in the transcript") {
  CallScript script = greeted(Way::Cascade);
  script.options.notice = "This call is recorded.";
  VirtualCall call(std::move(script));
  call.advance(1s);
  call.line().say(400ms);  // The caller cannot interrupt the notice, only the greeting.
  call.advance(600ms);
  CHECK(lines_said(call).empty());
  call.run();
  REQUIRE(lines_said(call).size() == 2);
  CHECK(lines_said(call)[0].text == kWords);
}

TEST_CASE("A recorded greeting without text has the text kRecordedGreeting in the record") {
  VirtualCall call(greeted(Way::Cascade, std::string(kRecordedGreeting)));
  call.advance(6200ms);
  REQUIRE(lines_said(call).size() == 1);
  CHECK(lines_said(call)[0].text == kRecordedGreeting);
}

TEST_CASE("When a machine answers an outgoing call, the model leaves a message and the recorded greeting does not play") {
  CallScript script = greeted(Way::Cascade);
  script.scenario.replies = {{"answering machine", "Please call Anna when you hear this.", {}, {}, {}}};
  script.options.machine = MachinePolicy::Speak;
  VirtualCall call(std::move(script));
  call.advance(1500ms);
  call.line().say(5s);
  call.advance(6s);
  CHECK(call.line().voiced_ticks() == 0);
  call.line().sound(media::LineTone::Beep);
  call.run(20s);
  CHECK(call.ended_by() == "message left");
  REQUIRE(lines_said(call).size() == 2);
  CHECK(lines_said(call)[0].text.empty());  // The machine heard no word of the greeting.
  CHECK(lines_said(call)[1].text == "Please call Anna when you hear this.");
}
