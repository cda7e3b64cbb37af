#include "../fake_http.hpp"

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/openai/chat_server.hpp>
#include <offhook/agent/providers/chat/chat_thinker.hpp>
#include <offhook/tests/agent/providers/openai/server_sent_events.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::chat;
using namespace offhook::agent::openai;
using namespace std::chrono_literals;
using nlohmann::json;
using test::chat_text;
using test::kDone;
using test::sse;
using What = net::NetError::What;

namespace {

std::string whole_call(std::string_view id, std::string_view name) {
  return sse(R"({"choices":[{"index":0,"delta":{"tool_calls":[{"id":")" + std::string(id) + R"(","function":{"name":")" +
             std::string(name) + R"(","arguments":"{}"}}]}}]})");
}
const std::string kStop = sse(R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})");

struct Thinking {
  explicit Thinking(ChatServerOptions::Api api = ChatServerOptions::Api::Chat) {
    ChatServerOptions options;
    options.server.base_url = "https://models.example/v1/";
    options.server.key = Secret("sk-canary");
    options.model.model = "m-1";
    options.api = api;
    thinker.emplace(std::make_unique<ChatServer>(std::move(options)), ChatThinkerOptions{}, http, [this] { ++wakes; });
    SessionContext context;
    context.prompt = "Be kind.";
    context.language = "pt-BR";
    context.history = &history;
    context.tools = &tools;
    context.retries = &budget;
    thinker->open(context);
  }
  void respond(std::uint32_t turn, std::string words) {
    TurnInput input;
    input.turn = turn;
    input.text = std::move(words);
    thinker->respond(input);
  }
  void advance(base::Duration by) { thinker->tick(now += by); }
  /// Returns all events so far: turn:"text" for text, turn:[id name] for a tool call, turn:. for an end, and turn:!kind for a failure.
  std::string said() {
    while (const auto event = thinker->poll()) {
      if (const auto* reply = std::get_if<ReplyText>(&*event)) line += std::to_string(reply->turn) + ":\"" + reply->text + "\" ";
      if (const auto* asked = std::get_if<ToolCall>(&*event))
        line += std::to_string(asked->turn) + ":[" + asked->call_id + " " + asked->name + "] ";
      if (const auto* done = std::get_if<ReplyDone>(&*event)) line += std::to_string(done->turn) + ":. ";
      if (const auto* failed = std::get_if<ThinkFailed>(&*event)) {
        line += std::to_string(failed->turn) + ":!" + std::string(to_string(failed->kind)) + " ";
        why = failed->why;
      }
    }
    return line;
  }
  void outcome(std::uint32_t turn, std::string id, std::string result, std::optional<ReplyAction::What> action = std::nullopt) {
    ToolOutcome what;
    what.turn = turn;
    what.call_id = std::move(id);
    what.result = std::move(result);
    if (action) what.action = ReplyAction{turn, *action, ""};
    thinker->on_tool(what);
  }
  json sent(std::size_t index) { return json::parse(http.all.at(index)->request.body); }

  test::FakeHttp http;
  History history;
  std::vector<ToolDescription> tools{{"look_up", "looks", R"({"type":"object"})", ToolClass::Read}};
  base::TimePoint now{};
  int wakes = 0;
  std::string line, why;
  TurnRetries budget{1000};
  std::optional<ChatThinker> thinker;
};

}  // namespace

TEST_CASE_FIXTURE(Thinking, "ChatThinker opens its connection at the start of the call") {
  CHECK(http.warmed == std::vector<std::string>{"https://models.example/v1/chat/completions"});
}

TEST_CASE_FIXTURE(Thinking, "ChatThinker gives each clause of the reply when the clause is complete") {
  respond(7, "Hi");
  REQUIRE(http.all.size() == 1);
  const auto& request = http.all[0]->request;
  CHECK(request.url == "https://models.example/v1/chat/completions");
  CHECK(request.headers[0] == std::pair<std::string, std::string>("authorization", "Bearer sk-canary"));
  CHECK(sent(0)["messages"][0]["content"] == "Be kind.\n\nReply in the language with the tag pt-BR (BCP 47) only.");
  CHECK(sent(0)["messages"][1]["content"] == "Hi");
  CHECK(sent(0)["tools"].size() == 1);
  http.head(0, 200);
  http.body(0, chat_text("Hello there,") + chat_text(" my fri"));
  CHECK(said() == "");
  http.body(0, chat_text("end, I can help") + chat_text(" with that."));
  CHECK(said() == "7:\"Hello there, my friend,\" ");
  http.body(0, chat_text(" What is it?"));
  CHECK(said() == "7:\"Hello there, my friend,\" 7:\"I can help with that.\" 7:\"What is it?\" ");
  http.body(0, kStop);
  CHECK(said().ends_with("7:. "));
  CHECK(wakes > 0);
  http.body(0, kDone);
  http.end(0);
  CHECK(said().ends_with("it?\" 7:. "));
}

TEST_CASE_FIXTURE(Thinking, "After the reply is complete, ChatThinker reads the response to its end, so that the connection can be reused") {
  respond(1, "Hi");
  http.head(0, 200);
  http.body(0, chat_text("Yes.") + kStop);
  CHECK(said() == "1:\"Yes.\" 1:. ");
  CHECK_FALSE(http.all[0]->aborted);
  respond(2, "And?");
  CHECK_FALSE(http.all[0]->aborted);
  http.body(0, kDone);
  http.end(0);
  advance(10ms);
  http.answer(1, 200, chat_text("No.") + kStop + kDone);
  CHECK(said() == "1:\"Yes.\" 1:. 2:\"No.\" 2:. ");
}

TEST_CASE_FIXTURE(Thinking, "When the last tool result has come, ChatThinker sends the results of all tools in one request") {
  respond(3, "What do I owe?");
  http.answer(0, 200, chat_text("Let me look.") + whole_call("a", "look_up") + whole_call("b", "look_up") + kDone);
  CHECK(said() == "3:\"Let me look.\" 3:[a look_up] 3:[b look_up] ");
  outcome(3, "b", "{\"b\":2}");
  outcome(3, "nobody", "{}");
  outcome(2, "a", "{}");
  outcome(3, "b", "{\"again\":1}");
  CHECK(http.all.size() == 1);
  outcome(3, "a", "{\"a\":1}");
  REQUIRE(http.all.size() == 2);
  const auto messages = sent(1)["messages"];
  REQUIRE(messages.size() == 6);
  CHECK(messages[2]["content"] == "Let me look.");
  CHECK(messages[3]["tool_calls"].size() == 2);
  CHECK(messages[4] == json::parse(R"({"role":"tool","tool_call_id":"a","content":"{\"a\":1}"})"));
  CHECK(messages[5]["content"] == "{\"b\":2}");
  http.answer(1, 200, chat_text("Three dollars.") + kDone);
  CHECK(said().ends_with("3:\"Three dollars.\" 3:. "));
}

TEST_CASE_FIXTURE(Thinking, "ChatThinker makes a call id if the server gives none, or an id that is already used") {
  HistoryEntry old;
  old.kind = HistoryEntry::Kind::ToolCall;
  old.call_id = "call_0";
  history.add(old);
  respond(4, "Go");
  http.answer(0, 200, whole_call("", "f") + whole_call("call_0", "g") + whole_call("c", "h") + kDone);
  CHECK(said() == "4:[call_4_0_0 f] 4:[call_4_0_1 g] 4:[c h] ");
}

TEST_CASE_FIXTURE(Thinking, "If a turn is answered again, ChatThinker makes call ids that the history does not have yet") {
  respond(3, "Hi");
  http.answer(0, 200, whole_call("", "f") + kDone);
  CHECK(said() == "3:[call_3_0_0 f] ");
  HistoryEntry made;  // SessionChain adds the tool call to the history in the same way.
  made.kind = HistoryEntry::Kind::ToolCall;
  made.turn = 3;
  made.call_id = "call_3_0_0";
  history.add(made);
  line.clear();
  respond(3, "Hi");
  http.answer(1, 200, whole_call("", "f") + whole_call("", "g") + kDone);
  CHECK(said() == "3:[call_3_0_1 f] 3:[call_3_0_2 g] ");
  outcome(3, "call_3_0_0", "late");
  outcome(3, "call_3_0_1", "{}");
  CHECK(http.all.size() == 2);
  outcome(3, "call_3_0_2", "{}");
  CHECK(http.all.size() == 3);
}

TEST_CASE_FIXTURE(Thinking, "ChatThinker makes a call id that differs from the ids that the model gave in the same answer") {
  respond(7, "Hi");
  http.answer(0, 200, whole_call("call_7_0_1", "f") + whole_call("", "g") + kDone);
  CHECK(said() == "7:[call_7_0_1 f] 7:[call_7_0_2 g] ");
  outcome(7, "call_7_0_1", "{}");
  outcome(7, "call_7_0_2", "{}");
  REQUIRE(http.all.size() == 2);
  http.answer(1, 200, chat_text("Done.") + kStop + kDone);
  CHECK(said().ends_with("7:\"Done.\" 7:. "));
}

TEST_CASE_FIXTURE(Thinking, "After a tool that ends the telephone call, ChatThinker ends the reply if the model gave text, and otherwise requests text once") {
  respond(1, "Bye");
  http.answer(0, 200, chat_text("Goodbye!") + whole_call("a", "hang_up") + kDone);
  outcome(1, "a", "{}", ReplyAction::What::HangUp);
  CHECK(http.all.size() == 1);
  CHECK(said() == "1:\"Goodbye!\" 1:[a hang_up] 1:. ");
  respond(2, "Bye");
  http.answer(1, 200, whole_call("b", "hang_up") + kDone);
  outcome(2, "b", "{}", ReplyAction::What::HangUp);
  REQUIRE(http.all.size() == 3);
  http.answer(2, 200, kStop + kDone);
  CHECK(said().ends_with("2:[b hang_up] 2:. "));
  for (const std::string& nothing : {chat_text("-"), chat_text(" \\n")}) {
    const std::size_t first = http.all.size();
    respond(3, "Bye");
    http.answer(first, 200, whole_call("", "hang_up") + kDone);
    line.clear();
    const std::string id = said();
    outcome(3, id.substr(3, id.find(' ') - 3), "{}", ReplyAction::What::HangUp);
    REQUIRE(http.all.size() == first + 2);
    http.answer(first + 1, 200, nothing + kStop + kDone);
    CHECK(said().ends_with("3:. "));
  }
}

TEST_CASE_FIXTURE(Thinking, "If the model gave text before its tools, an empty answer after the tools ends ChatThinker's reply without a failure") {
  respond(1, "Note that");
  http.answer(0, 200, chat_text("I write it down.") + whole_call("a", "note") + kDone);
  outcome(1, "a", "{}");
  http.answer(1, 200, kStop + kDone);
  CHECK(said().ends_with("1:[a note] 1:. "));
}

TEST_CASE_FIXTURE(Thinking, "After max_rounds rounds of tools, ChatThinker sends a request without tools") {
  respond(1, "Go");
  for (unsigned round = 0; round < ChatThinkerOptions{}.max_rounds; ++round) {
    CHECK(sent(round).contains("tools"));
    const std::string id = "id" + std::to_string(round);
    http.answer(round, 200, whole_call(id, "look_up") + kDone);
    outcome(1, id, "{}");
  }
  REQUIRE(http.all.size() == ChatThinkerOptions{}.max_rounds + 1);
  CHECK_FALSE(sent(http.all.size() - 1).contains("tools"));
}

TEST_CASE_FIXTURE(Thinking, "ChatThinker aborts the transfer of a cancelled turn, and gives no more events of the turn") {
  respond(1, "Hi");
  http.head(0, 200);
  http.body(0, chat_text("Hello. How are"));
  thinker->cancel(1);
  CHECK(http.all[0]->aborted);
  CHECK(said() == "");
  respond(2, "Hi");
  http.answer(1, 200, whole_call("a", "look_up") + kDone);
  thinker->cancel(2);
  outcome(2, "a", "{}");
  CHECK(http.all.size() == 2);
  CHECK(said() == "");
  respond(3, "Hi");
  http.break_off(2);
  thinker->cancel(3);
  advance(10ms);
  advance(2s);
  CHECK(http.all.size() == 3);
  CHECK(said() == "");
}

TEST_CASE_FIXTURE(Thinking, "ChatThinker does not repeat a request if the turn has no attempt left") {
  budget = TurnRetries(0);
  respond(1, "Hi");
  http.answer(0, 500, "");
  CHECK(said() == "1:!overloaded ");
  advance(1s);
  CHECK(http.all.size() == 1);
  CHECK(thinker->take_retries().empty());
}

TEST_CASE_FIXTURE(Thinking, "ChatThinker repeats a request once if it failed before any text") {
  const auto breaks = [this](std::size_t index, int how) {
    if (how == 0) return http.answer(index, 500, "");
    if (how == 1) return http.break_off(index);
    if (how == 2) return http.answer(index, 429, "", {{"retry-after-ms", "250"}});
    if (how == 3) return http.answer(index, 200, sse(R"({"error":{"code":"server_error"}})"));
    http.head(index, 200);
    http.body(index, chat_text("Hello th"));
    http.break_off(index);
  };
  for (int round = 0; round < 10; ++round) {
    const int how = round / 2;
    CAPTURE(round);
    const std::size_t first = http.all.size();
    line.clear();
    respond(1, "Hi");
    breaks(first, how);
    CHECK(said() == "");
    advance(0ms);
    if (how == 0) {
      advance(249ms);
      CHECK(http.all.size() == first + 1);
    }
    advance(250ms);
    REQUIRE(http.all.size() == first + 2);
    const auto retries = thinker->take_retries();
    REQUIRE(retries.size() == 1);
    CHECK(retries[0].then == kAsksAgain);
    CHECK_FALSE(retries[0].why.empty());
    if (round % 2 == 0) {
      http.answer(first + 1, 200, chat_text("Fine.") + kDone);
      CHECK(said() == "1:\"Fine.\" 1:. ");
    } else {
      breaks(first + 1, how);
      advance(1s);
      CHECK(http.all.size() == first + 2);
      CHECK(said().starts_with("1:!"));
    }
  }
}

TEST_CASE_FIXTURE(Thinking, "ChatThinker fails a reply if the answer breaks off after some text") {
  respond(1, "Hi");
  http.head(0, 200);
  http.body(0, chat_text("Hello! How"));
  http.break_off(0);
  CHECK(said() == "1:\"Hello!\" 1:!network ");
  advance(1s);
  CHECK(http.all.size() == 1);
}

TEST_CASE_FIXTURE(Thinking, "ChatThinker reports the kind of a failure, and shows no secret and no text of the server") {
  struct { int status; std::string body; std::string kind; } const cases[] = {
      {401, R"({"error":{"message":"Incorrect API key provided: sk-canary","code":"invalid_api_key"}})", "auth"},
      {429, R"({"error":{"message":"sk-canary"}})", "rate limited"},
      {404, "not found sk-canary", "protocol"},
      {400, R"({"error":{"message":"Be kind."}})", "protocol"},
      {200, "<html>sk-canary</html>", "protocol"},
      {200, "garbage", "protocol"},
  };
  std::uint32_t turn = 0;
  for (const auto& one : cases) {
    CAPTURE(one.body);
    line.clear();
    respond(++turn, "Hi");
    http.answer(http.all.size() - 1, one.status, one.body);
    CHECK(said() == std::to_string(turn) + ":!" + one.kind + " ");
    CHECK(why.find("sk-canary") == std::string::npos);
    CHECK(why.find("Be kind") == std::string::npos);
    CHECK(why.find("m-1") != std::string::npos);
  }
}

TEST_CASE_FIXTURE(Thinking, "ChatThinker repeats the request once after an empty answer, and then reports a failure") {
  respond(1, "Hi");
  http.answer(0, 200, kStop + kDone);
  advance(0ms);
  advance(250ms);
  REQUIRE(http.all.size() == 2);
  http.answer(1, 200, "");
  CHECK(said() == "1:!empty ");
}

TEST_CASE_FIXTURE(Thinking, "ChatThinker treats an answer that cannot be spoken as empty") {
  respond(1, "Hi");
  http.answer(0, 200, chat_text("...") + kStop);
  CHECK(said() == "1:!empty ");
}

TEST_CASE_FIXTURE(Thinking, "ChatThinker continues the reply of a failed provider, and accepts an empty continuation") {
  TurnInput input;
  input.turn = 1;
  input.text = "Hi";
  input.said = "We are open.";
  thinker->respond(input);
  CHECK(sent(0)["messages"][2] == json{{"role", "assistant"}, {"content", "We are open."}});
  http.answer(0, 200, kStop + kDone);
  CHECK(said() == "1:. ");
}

TEST_CASE_FIXTURE(Thinking, "If no language is configured, ChatThinker tells the model to reply in the caller's language") {
  SessionContext context;
  thinker->open(context);
  respond(1, "Hi");
  CHECK(sent(0)["messages"][0]["content"] == "Reply in the language that the caller speaks.");
}

TEST_CASE("ChatThinker may be destroyed while its answer arrives") {
  auto thinking = std::make_unique<Thinking>();
  thinking->respond(1, "Hi");
  thinking->http.head(0, 200);
  thinking->thinker.reset();
  CHECK(thinking->http.all[0]->aborted);
}

TEST_CASE("ChatThinker also supports /responses") {
  Thinking thinking(ChatServerOptions::Api::Responses);
  thinking.respond(1, "Hi");
  CHECK(thinking.http.all[0]->request.url == "https://models.example/v1/responses");
  CHECK(thinking.sent(0)["instructions"].get<std::string>().starts_with("Be kind.\n\nReply in the language"));
  thinking.http.answer(0, 200,
                       sse(R"({"type":"response.output_text.delta","delta":"Hello."})") +
                           sse(R"({"type":"response.completed","response":{"output":[]}})"));
  CHECK(thinking.said() == "1:\"Hello.\" 1:. ");
}

TEST_CASE_FIXTURE(Thinking, "After the end of the reply, ChatThinker still reports token counts, but no more text") {
  respond(3, "Hi");
  http.head(0, 200);
  http.body(0, chat_text("Hello.") + kStop);
  CHECK(said() == "3:\"Hello.\" 3:. ");
  http.body(0, chat_text("Late words.") + sse(R"({"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":7}})") + kDone);
  const auto event = thinker->poll();
  REQUIRE(event);
  const auto* used = std::get_if<TokensUsed>(&*event);
  REQUIRE(used != nullptr);
  CHECK(used->input == 12);
  CHECK(used->output == 7);
  CHECK_FALSE(thinker->poll());
}

TEST_CASE_FIXTURE(Thinking, "ChatThinker reports the token counts at the end of the response, even if [DONE] is missing") {
  respond(3, "Hi");
  http.head(0, 200);
  http.body(0, chat_text("Hello.") + kStop + sse(R"({"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":7}})"));
  CHECK(said() == "3:\"Hello.\" 3:. ");
  http.end(0);
  const auto event = thinker->poll();
  REQUIRE(event);
  REQUIRE(std::holds_alternative<TokensUsed>(*event));
  CHECK(std::get<TokensUsed>(*event).output == 7);
}

TEST_CASE_FIXTURE(Thinking, "ChatThinker reports the tokens of an answer without text, and of an answer after which the connection breaks") {
  respond(3, "Hi");
  http.head(0, 200);
  const std::string usage = sse(R"({"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":7}})");
  SUBCASE("the answer has only thoughts") {
    http.body(0, sse(R"({"choices":[{"index":0,"delta":{"reasoning_content":"Hm."},"finish_reason":"length"}]})") + usage + kDone);
  }
  SUBCASE("the answer has no text") { http.body(0, usage + kDone); }
  SUBCASE("the connection breaks after the answer") {
    http.body(0, chat_text("Hello.") + kStop + usage);
    http.end(0, net::NetError{net::NetError::What::Closed, "reset"});
  }
  std::vector<TokensUsed> used;
  while (const auto event = thinker->poll()) {
    if (const auto* tokens = std::get_if<TokensUsed>(&*event)) used.push_back(*tokens);
  }
  REQUIRE(used.size() == 1);
  CHECK(used[0].output == 7);
  CHECK(used[0].turn == 3);
}

namespace {

const std::string kTooLong = R"({"object":"error","message":"This model's maximum Context length is 4096 tokens.","type":"BadRequestError","code":400})";

/// A conversation with a greeting and four turns. In each turn, the caller and the agent say 100 octets each.
struct Long : Thinking {
  Long() {
    history.add({HistoryEntry::Kind::Agent, 0, "Welcome.", {}, {}, false});
    for (std::uint32_t turn = 1; turn <= 4; ++turn) {
      history.add({HistoryEntry::Kind::Caller, turn, std::to_string(turn) + std::string(99, 'c'), {}, {}, false});
      history.add({HistoryEntry::Kind::Agent, turn, std::to_string(turn) + std::string(99, 'a'), {}, {}, false});
    }
  }
  /// Returns the first octet of each message of request `index`, without the prompt.
  std::string told(std::size_t index) {
    std::string firsts;
    const json request = sent(index);
    for (const auto& message : request["messages"]) firsts += message["content"].get<std::string>().substr(0, 1);
    return firsts.substr(1);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Long, "If the conversation is too long for the model, ChatThinker sends the newer half, and uses this length as the limit of later requests") {
  respond(5, "5?");
  CHECK(told(0) == "W112233445");
  http.answer(0, 400, kTooLong);
  REQUIRE(http.all.size() == 2);
  CHECK(told(1) == "33445");
  const auto retries = thinker->take_retries();
  REQUIRE(retries.size() == 1);
  CHECK(retries[0].then == "asks again with its newer half");
  http.answer(1, 200, chat_text("Yes.") + kStop + kDone);
  CHECK(said() == "5:\"Yes.\" 5:. ");
  history.add({HistoryEntry::Kind::Caller, 5, "5?", {}, {}, false});
  history.add({HistoryEntry::Kind::Agent, 5, "Yes.", {}, {}, false});
  respond(6, "6?");
  CHECK(told(2) == "445Y6");
}

TEST_CASE_FIXTURE(Long, "ChatThinker finally sends only the caller's last words. If the model refuses these too, the failure names the possible cause") {
  respond(5, "5?");
  for (const std::size_t index : {0U, 1U, 2U}) http.answer(index, index == 1 ? 413 : 400, kTooLong);
  CHECK(told(2) == "5");
  CHECK(http.all.size() == 3);
  CHECK(said() == "5:!protocol ");
  CHECK(why ==
        "the model m-1 answered 400 (BadRequestError, 400): it refuses the request; perhaps prompt, tools and conversation are longer than "
        "the model's context");
  respond(6, "6?");
  CHECK(told(3).starts_with("W1"));  // The shorter requests did not help, so the next turn has the whole conversation again.
}

TEST_CASE_FIXTURE(Long, "If ChatThinker shortens the history while it continues a reply, it keeps the caller's words before the note about the reply") {
  TurnInput input;
  input.turn = 5;
  input.text = "Where are you?";
  input.said = "We are in";
  thinker->respond(input);
  http.answer(0, 400, kTooLong);
  http.answer(1, 400, kTooLong);
  CHECK(told(2) == "WW[");
}

TEST_CASE_FIXTURE(Long, "ChatThinker shortens the conversation at most three times in a turn") {
  for (std::uint32_t turn = 5; turn <= 60; ++turn) {
    history.add({HistoryEntry::Kind::Caller, turn, std::string(20, 'c'), {}, {}, false});
    history.add({HistoryEntry::Kind::Agent, turn, std::string(20, 'a'), {}, {}, false});
  }
  respond(61, "5?");
  for (const std::size_t index : {0U, 1U, 2U, 3U}) http.answer(index, 400, kTooLong);
  CHECK(told(3).size() > 1);
  CHECK(http.all.size() == 4);
  CHECK(said() == "61:!protocol ");
}

TEST_CASE_FIXTURE(Long, "ChatThinker does not shorten and repeat a request that the server refuses for another reason than its length") {
  respond(5, "5?");
  http.answer(0, 400, R"({"error":{"message":"unknown field tool_choice"}})");
  CHECK(http.all.size() == 1);
  CHECK(said() == "5:!protocol ");
  respond(6, "6?");
  http.answer(1, 400, R"({"error":{"message":"Could not finish the message because max_tokens was reached, and no context"}})");
  CHECK(told(1).starts_with("W1"));
  CHECK(http.all.size() == 2);
}

TEST_CASE_FIXTURE(Thinking, "ChatThinker does not repeat a request that is too long if it has only the caller's words") {
  respond(1, "Hi");
  http.answer(0, 400, kTooLong);
  CHECK(http.all.size() == 1);
  CHECK(said() == "1:!protocol ");
}
