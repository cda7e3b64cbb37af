#include <offhook/tools/call_lines.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook;
using namespace offhook::tools;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kHostile = "hi\x1b[2J\r\nended by us\xc2\x9b";
constexpr std::string_view kShown = "hi\\u001b[2J\\u000d\\u000aended by us\\u009b";

agent::AgentEvent caller_says(std::string text) { return agent::CallLine{"1", agent::CallerSaid{1, std::move(text), 0.5}}; }
agent::AgentEvent agent_says(std::string text) { return agent::CallLine{"1", agent::AgentSaid{1, std::move(text)}}; }

agent::CallOver refused(std::string reason) {
  agent::CallOver over;
  over.how.cause = call::Ended::Cause::Busy;
  over.how.status = "486";
  over.how.reason = std::move(reason);
  over.duration = 1500ms;
  return over;
}

std::string text_of(const agent::AgentEvent& event) { return line_of(event, LineForm::Text).value_or("no line"); }
std::string json_of(const agent::AgentEvent& event) { return line_of(event, LineForm::Json).value_or("no line"); }

}  // namespace

TEST_CASE("Each event of a call becomes a line: the speech of both sides, tones, the beginning and the end") {
  CHECK(text_of(agent::CallUp{"1", media::AudioCodec::G722}) == "answered (G722)");
  CHECK(text_of(caller_says("hello")) == "they  hello");
  CHECK(text_of(agent_says("hello")) == "we    hello");
  CHECK(text_of(refused("Busy Here")) == "ended by them after 1.5 s: 486 Busy Here");
  CHECK(text_of(agent::CallStarted{"k3x9", "", "", true}) == "call  k3x9");
  CHECK(json_of(agent::CallStarted{"k3x9", "", "", true}) == R"({"event":"dialled","call":"k3x9"})");
  CHECK(json_of(caller_says("hello")) == R"({"event":"they","text":"hello","confidence":0.500})");
}

TEST_CASE("For a call that could not be made, a line with the reason comes before the line of the end") {
  auto over = refused("");
  over.how.cause = call::Ended::Cause::Unreachable;
  over.how.status.clear();
  over.how.why = "there is no way to it";
  CHECK(text_of(over) == "there is no way to it\nended by them after 1.5 s");
}

TEST_CASE("Text from callers, models and PBXs can neither control the terminal nor start a new line") {
  CHECK(text_of(caller_says(std::string(kHostile))) == "they  " + std::string(kShown));
  CHECK(text_of(agent_says(std::string(kHostile))) == "we    " + std::string(kShown));
  CHECK(text_of(refused(std::string(kHostile))) == "ended by them after 1.5 s: 486 " + std::string(kShown));
  for (const auto& event : {caller_says(std::string(kHostile)), agent_says(std::string(kHostile)), agent::AgentEvent(refused(std::string(kHostile)))})
    CHECK(json_of(event).find_first_of("\x1b\r\n\xc2") == std::string::npos);
}

TEST_CASE("In coloured text only the speakers' names have colours, and JSON has none") {
  const auto line = [](const agent::AgentEvent& event) { return line_of(event, LineForm::ColouredText); };
  CHECK(line(caller_says("a\x1b[31m")) == "\x1b[36mthey \x1b[0m a\\u001b[31m");
  CHECK(line(agent_says("b")) == "\x1b[32mwe   \x1b[0m b");
  CHECK(line(refused("Busy Here")) == text_of(refused("Busy Here")));
}
