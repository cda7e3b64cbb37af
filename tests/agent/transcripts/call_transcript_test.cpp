#include <offhook/agent/transcripts/call_transcript.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::transcripts;
using namespace std::chrono_literals;

namespace {

struct Transcribed {
  records::Moment now() const { return {WallTime(1000s) + passed, base::TimePoint(5s) + passed}; }
  template <class Action>
  void action(Action what) {
    transcript.on_action(ConversationAction(std::move(what)), now());
  }
  std::chrono::milliseconds passed{};
  std::vector<TranscriptLine> lines;
  CallTranscript transcript{{"k3x9", "reception", "en"},
                            std::make_shared<const redaction::Redactor>(*redaction::Redactor::make({})),
                            [this](TranscriptLine l) { lines.push_back(std::move(l)); }};
};

}  // namespace

TEST_CASE_FIXTURE(Transcribed, "Each utterance of either side is a line with speaker, turn and time since the answer") {
  transcript.on_answered(now());
  passed = 2500ms;
  action(CallerSaid{2, "when are you open", 0.9, false, false});
  passed = 4000ms;
  action(AgentSaid{2, "From nine", true});
  action(CallerSaid{3, "danke", 0.9, false, false});
  transcript.on_ended("goodbye", now());
  transcript.on_ended("again", now());
  REQUIRE(lines.size() == 5);
  CHECK(lines[0].speaker == Who::System);
  CHECK(lines[1].speaker == Who::Caller);
  CHECK(lines[1].text == "when are you open");
  CHECK(lines[1].turn == 2);
  CHECK(lines[1].at_ms == 2500);
  CHECK(lines[1].call == "k3x9");
  CHECK(lines[1].agent == "reception");
  CHECK(lines[1].time == WallTime(1002s) + 500ms);
  CHECK(lines[2].speaker == Who::Agent);
  CHECK(lines[2].interrupted);
  CHECK(lines[3].language == "en");
  CHECK(lines[4].text == "ended: goodbye");
}

TEST_CASE_FIXTURE(Transcribed, "A transcript contains no pressed keys, and the words of both sides are redacted") {
  action(CallerSaid{2, "4711", 1, false, true});
  action(CallerSaid{3, "my pin is four seven one one", 1, false, false});
  action(AgentSaid{3, "Your pin is 4 7 1 1, and you are a@b.example", false});
  action(SendDigits{"0815#"});
  action(TransferCall{"+4930123456789"});
  action(NoteLeft{3, "call back 030 1234567"});
  REQUIRE(lines.size() == 6);
  CHECK(lines[0].text == "the caller pressed 4 keys");
  CHECK(lines[0].speaker == Who::System);
  CHECK(lines[1].text == "my pin is [digits]");
  CHECK(lines[2].text == "Your pin is [digits], and you are [email]");
  CHECK(lines[3].text == "the agent pressed 5 keys");
  CHECK(lines[4].text == "transfer to ***********789");
  CHECK(lines[5].text == "note: call back [digits]");
  for (const auto& line : lines) CHECK(to_json(line).find("4711") == std::string::npos);
}

TEST_CASE_FIXTURE(Transcribed, "A text is redacted before it is cut, so that the cut divides no number") {
  action(CallerSaid{2, std::string(kMaxTextBytes - 2, 'x') + " 4711", 1, false, false});
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].text.size() == kMaxTextBytes);
  CHECK(lines[0].text.find_first_of("0123456789") == std::string::npos);
}

TEST_CASE_FIXTURE(Transcribed, "A call has at most kMaxLinesPerCall lines, then one line about the limit, and the line of its end") {
  for (std::size_t i = 0; i < kMaxLinesPerCall; ++i) action(AgentSaid{1, "x", false});
  CHECK(lines.size() == kMaxLinesPerCall);
  CHECK(lines.back().text == "x");
  action(AgentSaid{1, "x", false});
  action(AgentSaid{1, "x", false});
  CHECK(lines.size() == kMaxLinesPerCall + 1);
  CHECK(lines.back().text == "the call has more lines than its transcript keeps");
  transcript.on_ended("", now());
  CHECK(lines.back().text == "ended");
}

TEST_CASE_FIXTURE(Transcribed, "A turn without words makes no line") {
  action(CallerSaid{2, "", 0, true, false});
  action(ReplyBegan{2, 600ms});
  CHECK(lines.empty());
}

TEST_CASE("A line is written as JSON and read back, and a changed or cut line is refused") {
  const TranscriptLine line{
      WallTime(1700000000s) + 123ms, "k3x9", "reception", Who::Agent, "She said \"\xc3\xbc\"\n", 7, true, "de-DE", 12345};
  const std::string json = to_json(line);
  const auto parsed = nlohmann::json::parse(json);
  CHECK(parsed["time"] == "2023-11-14T22:13:20.123Z");
  CHECK(parsed["speaker"] == "agent");
  CHECK(parsed["interrupted"] == true);
  REQUIRE(json.ends_with('\n'));
  const std::string whole = json.substr(0, json.size() - 1);
  const auto back = parse_line(whole);
  REQUIRE(back);
  CHECK(back->time == line.time);
  CHECK(back->call == line.call);
  CHECK(back->agent == line.agent);
  CHECK(back->speaker == line.speaker);
  CHECK(back->text == line.text);
  CHECK(back->turn == line.turn);
  CHECK(back->interrupted);
  CHECK(back->language == line.language);
  CHECK(back->at_ms == line.at_ms);
  for (std::size_t cut = 0; cut < whole.size(); ++cut) CHECK_FALSE(parse_line(whole.substr(0, cut)));
  std::string changed = whole;
  changed[changed.find("She")] = 'H';
  CHECK_FALSE(parse_line(changed));
}

TEST_CASE("A text has at most kMaxTextBytes in a line") {
  TranscriptLine line;
  line.text = std::string(kMaxTextBytes + 1, 'x');
  const std::string json = to_json(line);
  CHECK(parse_line(std::string_view(json).substr(0, json.size() - 1))->text.size() == kMaxTextBytes);
}

TEST_CASE("The readable form escapes control characters of a caller's words") {
  TranscriptLine line{WallTime(1700000000s),
                      "k3x9",
                      "a",
                      Who::Caller,
                      "hi\x1b[2J\r\n\xe2\x80\xae"
                      "evil",
                      1,
                      false,
                      "en",
                      63500};
  const std::string text = readable(line);
  CHECK(text == "2023-11-14 22:13:20Z  k3x9            1:03.5  caller  hi\\u001b[2J\\u000d\\u000a\\u202eevil\n");
  line.interrupted = true;
  CHECK(readable_in_call(line).ends_with("  [interrupted]\n"));
}

TEST_CASE("A terminal shows the speaker in colour, except for system lines, and a readable file has no colours") {
  TranscriptLine line;
  line.text = "hi";
  line.speaker = Who::Caller;
  CHECK(readable_in_call(line, true) == "  0:00.0  \x1b[36mcaller \x1b[0m hi\n");
  CHECK(readable(line).find('\x1b') == std::string::npos);
  line.speaker = Who::Agent;
  CHECK(readable_in_call(line, true) == "  0:00.0  \x1b[32magent  \x1b[0m hi\n");
  line.speaker = Who::System;
  CHECK(readable_in_call(line, true) == readable_in_call(line));
}
