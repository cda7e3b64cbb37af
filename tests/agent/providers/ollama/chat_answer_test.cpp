#include "../chat/model_text.hpp"

#include <offhook/agent/providers/ollama/chat_answer.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook::agent::chat;
using offhook::agent::ollama::ChatAnswer;
using offhook::agent::ollama::LineReader;
using offhook::test::answer_of;

namespace {

std::string message(std::string_view inside) {
  return R"({"model":"m","created_at":"2026-08-21T10:00:00Z","message":{"role":"assistant",)" + std::string(inside) + "},\"done\":false}\n";
}
std::string message_text(std::string_view content) { return message(R"("content":")" + std::string(content) + "\""); }
std::string call(std::string_view inside) { return message(R"("content":"","tool_calls":[)" + std::string(inside) + "]"); }
std::string end(std::string_view reason) {
  return R"({"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":")" + std::string(reason) +
         R"(","total_duration":5000000,"load_duration":1,"prompt_eval_count":12,"prompt_eval_duration":3,"eval_count":7,"eval_duration":9})" + "\n";
}
std::string said(const std::string& bytes) { return answer_of<ChatAnswer>(bytes); }

}  // namespace

TEST_CASE("Ollama's ChatAnswer gives text, the end and the token counts if it gets the octets in pieces of any size") {
  const std::string bytes = message_text("Caf\xc3\xa9 ") + message_text("\\u00e9\\n\\\"ok\\\"") + end("stop");
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    CAPTURE(step);
    CHECK(answer_of<ChatAnswer>(bytes, step) == "Caf\xc3\xa9 \xc3\xa9\n\"ok\"<stop>{12/7}");
  }
}

TEST_CASE("Ollama's ChatAnswer gives the text of a line when the line is complete") {
  ChatAnswer answer;
  std::vector<ModelEvent> events;
  answer.on_bytes(message_text("Hello"), events);
  CHECK(offhook::test::to_line(events) == "Hello");
  answer.on_bytes(R"({"message":{"content":" you"})", events);
  CHECK(offhook::test::to_line(events) == "Hello");
  answer.on_bytes("}\n", events);
  CHECK(offhook::test::to_line(events) == "Hello you");
}

TEST_CASE("Ollama's ChatAnswer collects tool calls over the whole stream and gives them at its end") {
  SUBCASE("the calls come before the last line, whose done_reason is \"stop\"") {
    CHECK(said(message_text("One moment.") + call(R"({"id":"a","function":{"index":0,"name":"open","arguments":{"door": 1, "why": "x"}}})") +
               message_text(" So.") + call(R"({"id":"b","function":{"index":1,"name":"close","arguments":{}}})") + end("stop")) ==
          "One moment. So.[a open {\"door\":1,\"why\":\"x\"}][b close {}]<calls>{12/7}");
  }
  SUBCASE("each call has the same index, and no id") {
    CHECK(said(call(R"({"function":{"index":0,"name":"f","arguments":{"x":1}}})") +
               call(R"({"function":{"index":0,"name":"f","arguments":{"x":2}}})") + end("stop")) ==
          "[ f {\"x\":1}][ f {\"x\":2}]<calls>{12/7}");
  }
  SUBCASE("one line has two calls without index and arguments") {
    CHECK(said(call(R"({"function":{"name":"f"}},{"function":{"name":"g","arguments":null}})") + end("stop")) ==
          "[ f {}][ g {}]<calls>{12/7}");
  }
  SUBCASE("two calls have the same id, and the arguments of one are not an object") {
    CHECK(said(call(R"({"id":"a","function":{"index":0,"name":"f","arguments":"x"}},{"id":"a","function":{"index":0,"name":"g","arguments":{}}})") +
               end("stop")) == "[a f x][a g {}]<calls>{12/7}");
  }
  SUBCASE("the last line has the call") {
    CHECK(said(R"({"message":{"tool_calls":[{"function":{"name":"f","arguments":{"x":[1,{}]}}}]},"done":true,"done_reason":"stop"})") ==
          "[ f {\"x\":[1,{}]}]<calls>{0/0}");
  }
  SUBCASE("a call without a name and invalid calls are ignored") {
    CHECK(said(message_text("Hm.") + call(R"({"function":{"arguments":{}}},{},7,{"function":"f"})") + end("stop")) == "Hm.<stop>{12/7}");
  }
  SUBCASE("if the answer breaks off, no call is given") {
    CHECK(said(call(R"({"function":{"name":"pay","arguments":{}}})")) == "!overloaded");
    CHECK(said(call(R"({"function":{"name":"pay","arguments":{}}})") + R"({"error":"x"})") == "!overloaded");
  }
}

TEST_CASE("Ollama's ChatAnswer never gives the model's thoughts") {
  CHECK(said(message(R"("content":"","thinking":"secret")") + message(R"("content":"Yes.","thinking":"secret")") + end("stop")) ==
        "Yes.<stop>{12/7}");
  CHECK(said(message_text("<think>I won") + message_text("der</think>Yes.") + end("stop")) == "Yes.<stop>{12/7}");
  CHECK(said(message(R"("content":"","thinking":"and on")") + end("length")) == "!empty{12/7}");
}

TEST_CASE("Ollama's ChatAnswer gives the reason for the end of the answer") {
  CHECK(said(message_text("Hi.") + end("length")) == "Hi.<length>{12/7}");
  CHECK(said(message_text("Hi.") + end("")) == "Hi.<stop>{12/7}");
  CHECK(said(message_text("Hi.") + R"({"done":true})") == "Hi.<stop>{0/0}");
  CHECK(said(R"({"message":{"content":"Hi."},"done":true,"done_reason":"stop"})") == "Hi.<stop>{0/0}");
  CHECK(said(end("load")) == "!empty{12/7}");
  CHECK(said(end("stop")) == "!empty{12/7}");
  CHECK(said(message_text("Hi.") + end("stop") + message_text("more") + "garbage\n") == "Hi.<stop>{12/7}");
}

TEST_CASE("Ollama's ChatAnswer fails if the answer ends without `done`") {
  CHECK(said("") == "!overloaded");
  CHECK(said(message_text("Hello")) == "Hello!overloaded");
  CHECK(said(message_text("Hello") + R"({"done":"true"})") == "Hello!overloaded");
  CHECK(said(message_text("Hello") + "{}\n" + R"({"message":null})" + "\n" + R"({"message":"x"})") == "Hello!overloaded");
}

TEST_CASE("Ollama's ChatAnswer detects an error within the stream, and does not show the text of the error") {
  CHECK(said(R"({"error":"secret words"})") == "!overloaded");
  CHECK(said(message_text("Hello") + R"({"error":{"code":"rate_limit_exceeded"}})" + "\n") == "Hello!rate limited");
  ChatAnswer answer;
  std::vector<ModelEvent> events;
  answer.on_bytes("{\"error\":\"an error was encountered while running the model: secret words\"}\n", events);
  REQUIRE(events.size() == 1);
  CHECK(std::get<ModelFailed>(events[0]).why == "the model's answer broke off with an error");
  answer.on_bytes(message_text("more") + end("stop"), events);
  answer.on_end(events);
  CHECK(events.size() == 1);
}

TEST_CASE("Ollama's ChatAnswer refuses garbage") {
  CHECK(said("<html><body>502 Bad Gateway</body></html>") == "!protocol");
  CHECK(said(message_text("Hello") + "[1,2]\n" + end("stop")) == "Hello!protocol");
  CHECK(said(message_text("Hello") + "{\"message\":{\"content\":\"cut") == "Hello!protocol");
  CHECK(said("data: {\"choices\":[]}\n\n") == "!protocol");
  CHECK(said(message_text("a\xff\xfe")) == "!protocol");
}

TEST_CASE("Ollama's ChatAnswer bounds lines, text, calls, arguments and names") {
  const auto line = [](std::size_t octets) {
    const std::string begins = R"({"message":{"content":"Hi."},"done":true)";
    return begins + std::string(octets - begins.size() - 1, ' ') + "}\n";
  };
  CHECK(said(line(LineReader::kMaxLine)) == "Hi.<stop>{0/0}");
  CHECK(said(line(LineReader::kMaxLine + 1)) == "!protocol");

  const auto words = [](std::size_t octets) {
    std::string bytes;
    for (; octets > 1024; octets -= 1024) bytes += message_text(std::string(1024, 'a'));
    return bytes + message_text(std::string(octets, 'a')) + end("stop");
  };
  CHECK(said(words(kMaxAnswerText)).ends_with("a<stop>{12/7}"));
  CHECK(said(words(kMaxAnswerText + 1)).ends_with("a!protocol"));

  const auto calls = [](std::size_t count) {
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i) bytes += call(R"({"function":{"name":"f","arguments":{}}})");
    return said(bytes + end("stop"));
  };
  CHECK(calls(kMaxCalls).ends_with("]<calls>{12/7}"));
  CHECK(calls(kMaxCalls + 1) == "!protocol");

  const auto arguments = [](std::size_t octets) {
    const std::string around = R"({"x":""})";
    return said(call(R"({"function":{"name":"f","arguments":{"x":")" + std::string(octets - around.size(), 'y') + "\"}}}") + end("stop"));
  };
  CHECK(arguments(kMaxArguments).ends_with("y\"}]<calls>{12/7}"));
  CHECK(arguments(kMaxArguments + 1) == "!protocol");

  const auto name = [](std::size_t octets) {
    return said(call(R"({"function":{"name":")" + std::string(octets, 'f') + "\"}}") + end("stop"));
  };
  CHECK(name(kMaxNameOctets).ends_with("<calls>{12/7}"));
  CHECK(name(kMaxNameOctets + 1) == "!protocol");
}
