#include <offhook/agent/providers/openai/model_request.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

using namespace offhook::agent;
using namespace offhook::agent::chat;
using namespace offhook::agent::openai;
using nlohmann::json;
using Kind = HistoryEntry::Kind;

namespace {

HistoryEntry entry(Kind kind, std::uint32_t turn, std::string text, std::string call_id = "", std::string name = "") {
  HistoryEntry made;
  made.kind = kind;
  made.turn = turn;
  made.text = std::move(text);
  made.call_id = std::move(call_id);
  made.name = std::move(name);
  return made;
}

PresentTurn present(std::uint32_t turn, std::string text, TurnInput::Kind kind = TurnInput::Kind::Speech) {
  PresentTurn now;
  now.input.turn = turn;
  now.input.text = std::move(text);
  now.input.kind = kind;
  return now;
}

std::string line_of(const std::vector<ModelMessage>& messages) {
  std::string line;
  for (const auto& message : messages) {
    if (message.kind == ModelMessage::Kind::User) line += "U:" + message.text + ";";
    if (message.kind == ModelMessage::Kind::Assistant) line += "A:" + message.text + ";";
    for (const auto& call : message.calls) line += "C:" + call.id + "=" + call.result + ";";
  }
  return line;
}

}  // namespace

TEST_CASE("messages_of gives the history and then the current turn") {
  History history;
  history.add(entry(Kind::Agent, 1, "Hello."));
  history.add(entry(Kind::Caller, 2, "One pizza"));
  auto interrupted = entry(Kind::Agent, 2, "Which of our");
  interrupted.interrupted = true;
  history.add(interrupted);
  history.add(entry(Kind::Note, 3, "The caller pressed 1"));
  CHECK(line_of(messages_of(&history, present(4, "A big one"))) ==
        "A:Hello.;U:One pizza;A:Which of our...;U:[The caller pressed 1]\nA big one;");
}

TEST_CASE("messages_of gives the current turn once, whether the history has the turn or not") {
  History history;
  history.add(entry(Kind::Caller, 2, "One pizza"));
  CHECK(line_of(messages_of(&history, present(2, "One pizza"))) == "U:One pizza;");
  CHECK(line_of(messages_of(nullptr, present(2, "One pizza"))) == "U:One pizza;");
  history.add(entry(Kind::Note, 3, "The caller pressed the keys 12"));
  CHECK(line_of(messages_of(&history, present(3, "12", TurnInput::Kind::Digits))) ==
        "U:One pizza\n[The caller pressed the keys 12];");
}

TEST_CASE("messages_of puts results right after their calls, marks calls that still run, and omits results without a call") {
  History history;
  history.add(entry(Kind::Caller, 1, "Hi"));
  history.add(entry(Kind::ToolCall, 1, "{}", "a", "f"));
  history.add(entry(Kind::ToolCall, 1, "{}", "b", "g"));
  history.add(entry(Kind::ToolCall, 1, "{}", "late", "h"));
  history.add(entry(Kind::ToolResult, 1, "2", "b"));
  history.add(entry(Kind::Agent, 1, "Wait."));
  history.add(entry(Kind::ToolResult, 1, "1", "a"));
  history.add(entry(Kind::ToolResult, 1, "9", "nobody's"));
  const auto messages = messages_of(&history, present(2, "So?"));
  REQUIRE(messages.size() == 4);
  REQUIRE(messages[1].calls.size() == 3);
  CHECK(messages[1].calls[2].id == "late");
  CHECK(messages[1].calls[2].result.find("still at work") != std::string::npos);
  history.add(entry(Kind::ToolResult, 1, "3", "late"));
  CHECK(line_of(messages_of(&history, present(2, "So?"))) == "U:Hi;C:a=1;C:b=2;C:late=3;A:Wait.;U:So?;");
}

TEST_CASE("messages_of gives the tool rounds of the current turn once, after the text that the model gave before them") {
  History history;
  history.add(entry(Kind::Caller, 1, "Hi"));
  history.add(entry(Kind::ToolCall, 1, "{}", "a", "f"));
  history.add(entry(Kind::ToolResult, 1, "1", "a"));
  PresentTurn now = present(1, "Hi");
  now.said = "One moment.";
  now.rounds = {{{"a", "f", "{}", "1"}}, {{"b", "g", "{}", "2"}}};
  CHECK(line_of(messages_of(&history, now)) == "U:Hi;A:One moment.;C:a=1;C:b=2;");
  CHECK(line_of(messages_of(nullptr, now)) == "U:Hi;A:One moment.;C:a=1;C:b=2;");
  history.add(entry(Kind::Agent, 1, "One moment."));  // The caller heard the whole text before the last tool answered.
  CHECK(line_of(messages_of(&history, now)) == "U:Hi;A:One moment.;C:a=1;C:b=2;");
}

TEST_CASE("If another provider began the reply, messages_of gives its text and a note, so that the model continues the reply") {
  PresentTurn now = present(1, "Hi");
  now.input.said = "You can";
  now.said = "call us.";
  const auto messages = messages_of(nullptr, now);
  REQUIRE(messages.size() == 4);
  CHECK(messages[1].text == "You can");
  CHECK(messages[2].text.starts_with("[A fault"));
  CHECK(messages[3].text == "call us.");
}

TEST_CASE("words_of gives events in brackets, and the caller's words unchanged") {
  CHECK(words_of(present(1, "", TurnInput::Kind::Opening).input) == "[The call begins. Greet the caller.]");
  CHECK(words_of(present(1, std::string(kMachineAnswered), TurnInput::Kind::Opening).input).starts_with("[An answering machine"));
  CHECK(words_of(present(1, "12#", TurnInput::Kind::Digits).input) == "[The caller pressed the keys 12#]");
  CHECK(words_of(present(1, "", TurnInput::Kind::Silence).input) == "[The caller says nothing.]");
  CHECK(words_of(present(1, "transfer", TurnInput::Kind::Failure).input).starts_with("[The transfer failed"));
  CHECK(words_of(present(1, "yes").input) == "yes");
  CHECK(words_of(present(1, "").input) == "[The caller said something that was not understood.]");
  auto rejected = present(1, "mumble").input;
  rejected.rejected = true;
  CHECK(words_of(rejected) == "mumble [perhaps misheard]");
}

TEST_CASE("write_chat_request writes a request for /chat/completions") {
  ModelOptions options;
  options.model = "gpt-4o-mini";
  options.temperature = 0.25;
  options.max_tokens = 300;
  PresentTurn now = present(1, "say \"hi\"\n\x01\xff");
  now.rounds = {{{"a", "f", R"({"x":1})", R"({"ok":true})"}}};
  const std::vector<ToolDescription> tools{
      {"f", "does it", R"({"type":"object","properties":{"x":{"type":"number"}}})", ToolClass::Read}};
  const auto sent = json::parse(write_chat_request(options, {"Be kind.", messages_of(nullptr, now), &tools}));
  CHECK(sent["model"] == "gpt-4o-mini");
  CHECK(sent["stream"] == true);
  CHECK(sent["stream_options"]["include_usage"] == true);
  CHECK(sent["stream_options"]["include_obfuscation"] == false);
  CHECK(sent["temperature"] == 0.25);
  CHECK(sent["max_completion_tokens"] == 300);
  CHECK(sent["tool_choice"] == "auto");
  CHECK_FALSE(sent.contains("parallel_tool_calls"));
  const auto& messages = sent["messages"];
  REQUIRE(messages.size() == 4);
  CHECK(messages[0] == json{{"role", "system"}, {"content", "Be kind."}});
  CHECK(messages[1] == json{{"role", "user"}, {"content", "say \"hi\"\n\x01\xef\xbf\xbd"}});
  CHECK(messages[2]["content"].is_null());
  CHECK(messages[2]["tool_calls"][0] ==
        json::parse(R"({"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}})"));
  CHECK(messages[3] == json::parse(R"({"role":"tool","tool_call_id":"a","content":"{\"ok\":true}"})"));
  CHECK(sent["tools"][0]["function"]["name"] == "f");
  CHECK(sent["tools"][0]["function"]["parameters"]["type"] == "object");
}

TEST_CASE("write_chat_request omits the members that a compatible server does not support") {
  ModelOptions options;
  options.model = "m";
  options.max_tokens = 5;
  options.legacy_max_tokens = true;
  options.send_stream_options = options.send_tool_choice = options.parallel_calls = false;
  options.prompt_role = "developer";
  options.reasoning_effort = "low";
  options.service_tier = "priority";
  const std::vector<ToolDescription> tools{{"f", "", "", ToolClass::Read}};
  const auto sent = json::parse(write_chat_request(options, {"P", {}, &tools}));
  CHECK(sent["max_tokens"] == 5);
  CHECK(sent["reasoning_effort"] == "low");
  CHECK(sent["service_tier"] == "priority");
  CHECK(sent["parallel_tool_calls"] == false);
  CHECK(sent["messages"][0]["role"] == "developer");
  for (const char* name : {"max_completion_tokens", "stream_options", "tool_choice", "temperature"})
    CHECK_FALSE(sent.contains(name));
  CHECK_FALSE(json::parse(write_chat_request(options, {"", {}, nullptr})).contains("tools"));
}

TEST_CASE("write_responses_request writes a request for /responses") {
  ModelOptions options;
  options.model = "gpt-5-mini";
  options.max_tokens = 300;
  options.reasoning_effort = "minimal";
  PresentTurn now = present(1, "hi");
  now.said = "One moment.";
  now.rounds = {{{"a", "f", "{}", "7"}}};
  const std::vector<ToolDescription> tools{{"f", "does it", R"({"type":"object"})", ToolClass::Read}};
  const auto sent = json::parse(write_responses_request(options, {"Be kind.", messages_of(nullptr, now), &tools}));
  CHECK(sent["instructions"] == "Be kind.");
  CHECK(sent["store"] == false);
  CHECK(sent["max_output_tokens"] == 300);
  CHECK(sent["reasoning"]["effort"] == "minimal");
  const auto& input = sent["input"];
  REQUIRE(input.size() == 4);
  CHECK(input[0] == json::parse(R"({"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]})"));
  CHECK(input[1]["content"][0]["type"] == "output_text");
  CHECK(input[2] == json::parse(R"({"type":"function_call","call_id":"a","name":"f","arguments":"{}"})"));
  CHECK(input[3] == json::parse(R"({"type":"function_call_output","call_id":"a","output":"7"})"));
  CHECK(sent["tools"][0] ==
        json::parse(R"({"type":"function","name":"f","description":"does it","parameters":{"type":"object"},"strict":false})"));
}
