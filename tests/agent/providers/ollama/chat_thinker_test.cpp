#include "../fake_http.hpp"

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/chat/chat_thinker.hpp>
#include <offhook/agent/providers/ollama/chat_server.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string kDone = R"({"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"})" "\n";
std::string text_line(std::string_view words) { return R"({"message":{"role":"assistant","content":")" + std::string(words) + "\"},\"done\":false}\n"; }

ollama::ChatServerOptions options() {
  ollama::ChatServerOptions options;
  options.model.model = "llama3.2";
  return options;
}

/// A ChatThinker with Ollama's ChatServer. ChatThinker has its own tests, and the tests here cover only what differs for Ollama.
struct Thinking {
  Thinking() : thinker(std::make_unique<ollama::ChatServer>(options()), {}, http, nullptr) {
    SessionContext context;
    context.prompt = "Be kind.";
    context.history = &history;
    context.tools = &tools;
    thinker.open(context);
  }
  void respond(std::uint32_t turn, std::string words) {
    TurnInput input;
    input.turn = turn;
    input.text = std::move(words);
    thinker.respond(input);
  }
  std::string said() {
    std::string line;
    while (const auto event = thinker.poll()) {
      if (const auto* reply = std::get_if<ReplyText>(&*event)) line += "\"" + reply->text + "\" ";
      if (const auto* asked = std::get_if<ToolCall>(&*event)) line += "[" + asked->call_id + " " + asked->name + " " + asked->arguments + "] ";
      if (std::holds_alternative<ReplyDone>(*event)) line += ". ";
      if (const auto* loads = std::get_if<ModelLoads>(&*event)) line += "~" + loads->why;
      if (const auto* failed = std::get_if<ThinkFailed>(&*event)) line += "!" + failed->why;
    }
    return line;
  }
  json sent(std::size_t index) { return json::parse(http.all.at(index)->request.body); }

  test::FakeHttp http;
  History history;
  std::vector<ToolDescription> tools{{"look_up", "looks", R"({"type":"object"})", ToolClass::Read}};
  chat::ChatThinker thinker;
};

}  // namespace

TEST_CASE_FIXTURE(Thinking, "ChatThinker begins a call with a load request to Ollama, and sends a question before the load request is answered") {
  REQUIRE(http.all.size() == 1);
  CHECK(http.warmed.empty());
  CHECK(sent(0)["messages"].empty());
  respond(1, "Hi");
  http.answer(1, 200, text_line("Hello.") + kDone);
  CHECK(said() == "\"Hello.\" . ");
  CHECK_FALSE(http.all[0]->aborted);
  http.answer(0, 404, R"({"error":"model not found"})");
  CHECK(said() == "");
}

TEST_CASE_FIXTURE(Thinking, "If a question waits for a load, ChatThinker reports this once, keeps the question, and lets the load continue after its destruction") {
  const auto slow = chat::ChatThinker::kSlowLoad;
  thinker.tick(base::TimePoint{} + 10s);
  respond(1, "Hi");
  thinker.tick(base::TimePoint{} + 10s + slow - 1ms);
  CHECK(said() == "");
  thinker.tick(base::TimePoint{} + 10s + slow);
  CHECK(said() == "~the model llama3.2 is being loaded");
  REQUIRE(http.sent_off.size() == 1);
  CHECK(json::parse(http.sent_off[0].body)["messages"].empty());
  thinker.tick(base::TimePoint{} + 20s);
  CHECK(said() == "");
  respond(2, "Are you there?");
  thinker.tick(base::TimePoint{} + 21s);
  CHECK(said() == "~the model llama3.2 is being loaded");
  CHECK(http.sent_off.size() == 1);
  http.answer(2, 200, text_line("Yes.") + kDone);
  CHECK(said() == "\"Yes.\" . ");
}

TEST_CASE_FIXTURE(Thinking, "ChatThinker reports no load if the server has already answered the load request") {
  http.answer(0, 200, R"({"done_reason":"load","done":true})");
  thinker.tick(base::TimePoint{} + 10s);
  respond(1, "Hi");
  thinker.tick(base::TimePoint{} + 60s);
  CHECK(said() == "");
  CHECK(http.sent_off.empty());
}

TEST_CASE_FIXTURE(Thinking, "In a turn with Ollama, ChatThinker gives text and tool calls, sends the results, and gives more text") {
  respond(1, "What do I owe?");
  CHECK(sent(1)["messages"][0]["role"] == "system");
  CHECK(sent(1)["messages"][1] == json({{"role", "user"}, {"content", "What do I owe?"}}));
  CHECK(sent(1)["tools"].size() == 1);
  http.answer(1, 200,
              text_line("Let me look.") + R"({"message":{"content":"","tool_calls":[{"function":{"name":"look_up","arguments":{"who":"me"}}}]},"done":false})" "\n" +
                  kDone);
  CHECK(said() == "\"Let me look.\" [call_1_0_0 look_up {\"who\":\"me\"}] ");
  ToolOutcome outcome;
  outcome.turn = 1;
  outcome.call_id = "call_1_0_0";
  outcome.result = "three dollars";
  thinker.on_tool(outcome);
  const auto messages = sent(2)["messages"];
  REQUIRE(messages.size() == 4);
  CHECK(messages[2]["content"] == "Let me look.");
  CHECK(messages[2]["tool_calls"][0]["function"]["arguments"] == json({{"who", "me"}}));
  CHECK(messages[3] == json::parse(R"({"role":"tool","tool_name":"look_up","tool_call_id":"call_1_0_0","content":"three dollars"})"));
  http.answer(2, 200, text_line("Three dollars.") + kDone);
  CHECK(said() == "\"Three dollars.\" . ");
}

TEST_CASE_FIXTURE(Thinking, "ChatThinker repeats a question to Ollama if the queue was full, or if the model failed before any text") {
  for (const bool full : {true, false}) {
    CAPTURE(full);
    const std::size_t first = http.all.size();
    respond(1, "Hi");
    if (full) {
      http.answer(first, 503, R"({"error":"server busy, please try again.  maximum pending requests exceeded"})");
    } else {
      http.answer(first, 200, R"({"error":"model runner has unexpectedly stopped"})");
    }
    CHECK(said() == "");
    thinker.tick({});
    thinker.tick(base::TimePoint{} + 1s);
    REQUIRE(http.all.size() == first + 2);
    http.answer(first + 1, 200, text_line("Fine.") + kDone);
    CHECK(said() == "\"Fine.\" . ");
  }
}

TEST_CASE_FIXTURE(Thinking, "If Ollama does not have the model, ChatThinker's failure names the model and the remedy") {
  respond(1, "Hi");
  http.answer(1, 404, R"({"error":"model 'llama3.2' not found"})");
  CHECK(said() == "!the model llama3.2 answered 404: it has no such model: run `ollama pull llama3.2` there, or name another model");
}

TEST_CASE("ModelLoader reports once whether the model is loaded") {
  test::FakeHttp http;
  const ollama::ChatServer server(options());
  std::vector<std::string> done;
  const auto note = [&](std::optional<RequestFailure> failure) { done.push_back(failure ? failure->why : "loaded"); };
  const auto load = [&](auto answer) {
    const std::size_t index = http.all.size();
    const chat::ModelLoader loader(server, http, note);
    CHECK(loader.is_needed());
    answer(index);
  };
  load([&](std::size_t index) { http.answer(index, 200, R"({"model":"llama3.2","message":{"role":"assistant","content":""},"done_reason":"load","done":true})"); });
  load([&](std::size_t index) { http.answer(index, 404, R"({"error":"model not found"})"); });
  load([&](std::size_t index) { http.break_off(index, net::NetError::What::Refused); });
  load([](std::size_t) {});
  CHECK(http.all.back()->aborted);
  REQUIRE(done.size() == 3);
  CHECK(done[0] == "loaded");
  CHECK(done[1].find("ollama pull llama3.2") != std::string::npos);
  CHECK(done[2].starts_with("no answer from the model llama3.2: "));
}

TEST_CASE("ModelLoader may be destroyed in its own callback") {
  test::FakeHttp http;
  const ollama::ChatServer server(options());
  std::unique_ptr<chat::ModelLoader> loader;
  int told = 0;
  loader = std::make_unique<chat::ModelLoader>(server, http, [&](std::optional<RequestFailure>) {
    ++told;
    loader.reset();
  });
  http.answer(0, 200, "{}");
  CHECK(told == 1);
}
