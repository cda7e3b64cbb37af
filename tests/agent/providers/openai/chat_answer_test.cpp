#include "../chat/model_text.hpp"

#include <offhook/agent/providers/openai/chat_answer.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook::agent::chat;
using namespace offhook::agent::openai;
using offhook::test::answer_of;
using offhook::test::to_line;

namespace {

std::string sse(std::string_view json) { return "data: " + std::string(json) + "\n\n"; }
std::string delta(std::string_view inside) {
  return sse(R"({"choices":[{"index":0,"delta":{)" + std::string(inside) + R"(}}]})");
}
std::string text(std::string_view content) { return delta(R"("content":")" + std::string(content) + "\""); }
std::string call(std::string_view inside) { return delta(R"("tool_calls":[{)" + std::string(inside) + "}]"); }
std::string end(std::string_view reason) {
  return sse(R"({"choices":[{"index":0,"delta":{},"finish_reason":")" + std::string(reason) + "\"}]}");
}
const std::string kDone = sse("[DONE]");
std::string said(const std::string& bytes) { return answer_of<ChatAnswer>(bytes); }

}  // namespace

TEST_CASE("ChatAnswer gives text, the end and what it cost, however the bytes are split") {
  const std::string bytes =
      ": hello\r\n\r\n" +
      sse(R"({"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null})") +
      text("Caf\xc3\xa9 ") + text("\\u00e9\\n\\\"ok\\\"") + end("stop") +
      sse(R"({"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":7}})") + kDone;
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    CAPTURE(step);
    CHECK(answer_of<ChatAnswer>(bytes, step) == "Caf\xc3\xa9 \xc3\xa9\n\"ok\"<stop>{12/7}");
  }
}

TEST_CASE("ChatAnswer puts calls together by index") {
  const std::string bytes =
      text("One moment.") + call(R"("index":0,"id":"a","type":"function","function":{"name":"open","arguments":""})") +
      call(R"("index":1,"id":"b","function":{"name":"close","arguments":"{"})") +
      call(R"("index":0,"function":{"arguments":"{\"door\":"})") + call(R"("index":0,"function":{"arguments":"1}"})") +
      call(R"("index":1,"function":{"arguments":"}"})") + end("tool_calls") + kDone;
  CHECK(said(bytes) == "One moment.[a open {\"door\":1}][b close {}]<calls>");
}

TEST_CASE("ChatAnswer takes calls as compatible servers send them") {
  SUBCASE("no id") {
    CHECK(said(call(R"("index":0,"function":{"name":"f","arguments":"{}"})") + end("tool_calls")) == "[ f {}]<calls>");
  }
  SUBCASE("no index, whole calls one after the other") {
    CHECK(said(call(R"("id":"a","function":{"name":"f","arguments":"{\"x\":1}"})") +
               call(R"("id":"b","function":{"name":"f","arguments":"{\"x\":2}"})") + end("tool_calls")) ==
          "[a f {\"x\":1}][b f {\"x\":2}]<calls>");
  }
  SUBCASE("index always 0") {
    CHECK(said(call(R"("index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"})") +
               call(R"("index":0,"id":"b","function":{"name":"g","arguments":"{\"x\":2}"})") + end("stop")) ==
          "[a f {\"x\":1}][b g {\"x\":2}]<calls>");
  }
  SUBCASE("neither index nor id") {
    CHECK(said(call(R"("function":{"name":"f","arguments":"{\"x\":\"}\"}"})") +
               call(R"("function":{"name":"f","arguments":"{\"x\":2}"})") + kDone) == "[ f {\"x\":\"}\"}][ f {\"x\":2}]<calls>");
  }
  SUBCASE("the name again in every piece") {
    CHECK(said(call(R"("index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"})") +
               call(R"("index":0,"id":"a","function":{"name":"f","arguments":"1}"})") + end("tool_calls")) ==
          "[a f {\"x\":1}]<calls>");
  }
  SUBCASE("arguments as an object, or none at all") {
    CHECK(said(call(R"("index":0,"id":"a","function":{"name":"f","arguments":{"x": [1, 2]}})") +
               call(R"("index":1,"id":"b","function":{"name":"g"})") + end("stop")) == "[a f {\"x\":[1,2]}][b g {}]<calls>");
  }
  SUBCASE("two in one piece, and no end but the end of the bytes") {
    CHECK(
        said(delta(
            R"("tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}},{"index":1,)"
            R"("id":"b","function":{"name":"g","arguments":"{}"}}])")) ==
        "[a f {}][b g {}]<calls>");
  }
  SUBCASE("the function call of old") {
    CHECK(said(delta(R"("function_call":{"name":"f","arguments":"{\"x\""})") + delta(R"("function_call":{"arguments":":1}"})") +
               end("function_call")) == "[ f {\"x\":1}]<calls>");
  }
  SUBCASE("a name that never comes") {
    CHECK(said(text("Hm.") + call(R"("index":0,"id":"a","function":{"arguments":"{}"})") + end("stop")) == "Hm.<stop>");
  }
}

TEST_CASE("ChatAnswer takes chunks with nothing in them, and an end without its mark") {
  CHECK(said(sse("{}") + delta("") + delta(R"("content":null)") + sse(R"({"choices":[]})") + sse(R"({"choices":[{"index":0}]})") +
             text("Hi.")) == "Hi.<stop>");
  CHECK(said(text("Hi.") + kDone) == "Hi.<stop>");
  CHECK(said(text("Hi.") + "data: \n\n" + end("stop")) == "Hi.<stop>");
  CHECK(said(text("Hi.") + end("length")) == "Hi.<length>");
  CHECK(said(delta(R"("content":[{"type":"text","text":"Hi."}])") + kDone) == "Hi.<stop>");
  CHECK(said(delta(R"("refusal":"I cannot do that.")") + kDone) == "I cannot do that.<stop>");
}

TEST_CASE("ChatAnswer takes an answer that did not come as a stream") {
  const std::string whole =
      R"( {"id":"x","choices":[{"index":0,"message":{"role":"assistant",)"
      R"("content":"<think>hm</think>Hello.","tool_calls":[{"id":"a","type":"function",)"
      R"("function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}],)"
      R"("usage":{"prompt_tokens":3,"completion_tokens":4}})";
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::string::npos})
    CHECK(answer_of<ChatAnswer>(whole, step) == "Hello.[a f {}]<calls>{3/4}");
}

TEST_CASE("ChatAnswer never gives out what the model thinks") {
  CHECK(said(text("<th") + text("ink>I wonder") + text(" <b></thi") + text("nk>Hello") + text(" you.") + kDone) ==
        "Hello you.<stop>");
  CHECK(said(text("a <") + text("b and <<think>x</think>c") + kDone) == "a <b and <c<stop>");
  CHECK(said(delta(R"("reasoning_content":"secret")") + delta(R"("reasoning":"secret","content":"Yes.")") + kDone) ==
        "Yes.<stop>");
  CHECK(said(text("left over</think>Yes.") + kDone) == "left overYes.<stop>");
  CHECK(said(text("It is 3 <") + kDone) == "It is 3 <<stop>");
  CHECK(said(text("<think>only thoughts") + end("stop")) == "!empty");
}

TEST_CASE("ChatAnswer of a model whose template opens the thought says what comes behind it") {
  const auto said = [](const std::string& bytes) {
    ChatAnswer answer(true);
    std::vector<ModelEvent> events;
    answer.on_bytes(bytes, events);
    answer.on_end(events);
    return to_line(events);
  };
  CHECK(said(text("The caller wants a refund. Let me see.</thi") + text("nk>Sure.") + kDone) == "Sure.<stop>");
  CHECK(said(text("<think>twice</think>Sure.") + kDone) == "Sure.<stop>");
  CHECK(said(text("a thought") + end("stop")) == "!empty");
  CHECK(said(text("a thought") + end("length")) == "!empty");
  CHECK(said(text("hm") + call(R"("index":0,"id":"a","function":{"name":"f","arguments":"{}"})") + end("tool_calls")) == "[a f {}]<calls>");
}

TEST_CASE("ChatAnswer counts once what servers tell in each chunk, each time of all so far") {
  const auto usage = [](int output) {
    return sse(R"({"choices":[{"index":0,"delta":{"content":"a"}}],"usage":{"prompt_tokens":12,"completion_tokens":)" + std::to_string(output) + "}}");
  };
  CHECK(said(usage(1) + usage(2) + end("stop") + usage(3) + kDone) == "aa<stop>{12/3}");
  CHECK(said(usage(1) + usage(2) + end("stop")) == "aa<stop>{12/2}");
}

TEST_CASE("ChatAnswer says that an answer is empty") {
  CHECK(said("") == "!empty");
  CHECK(said(kDone) == "!empty");
  CHECK(said(text(" \\n ") + end("stop") + kDone) == " \n !empty");
  CHECK(said(end("length")) == "!empty");
  CHECK(said(end("content_filter")) == "!empty");
}

TEST_CASE("ChatAnswer knows an error within the stream, of OpenAI and of others") {
  CHECK(said(text("Hello") + sse(R"({"error":{"message":"secret words","type":"server_error","code":null}})")) ==
        "Hello!overloaded");
  CHECK(said(sse(R"({"error":{"message":"x","type":"tokens","code":"rate_limit_exceeded"}})")) == "!rate limited");
  CHECK(said(sse(R"({"error":{"message":"x","code":"insufficient_quota"}})")) == "!auth");
  CHECK(said(sse(R"({"object":"error","message":"x","type":"BadRequestError","code":400})")) == "!overloaded");
  CHECK(said(sse(R"({"error":"model crashed"})")) == "!overloaded");
  ChatAnswer answer;
  std::vector<ModelEvent> events;
  answer.on_bytes(sse(R"({"error":{"message":"secret words","type":"server_error"}})"), events);
  REQUIRE(events.size() == 1);
  CHECK(std::get<ModelFailed>(events[0]).why == "the model's answer broke off with an error (server_error)");
  answer.on_bytes(text("more"), events);
  answer.on_end(events);
  CHECK(events.size() == 1);
}

TEST_CASE("ChatAnswer refuses garbage") {
  CHECK(said("<html><body>502 Bad Gateway</body></html>") == "!protocol");
  CHECK(said(sse("garbage")) == "!protocol");
  CHECK(said(text("Hello") + sse("[1,2]")) == "Hello!protocol");
  CHECK(said(text("Hello") + "data: {\"choices\":[{\"delta\":{\"content\":\"cut") == "Hello!protocol");
  CHECK(said("{\"choices\":[{\"mess") == "!protocol");
  CHECK(said(text("Hello.") + end("stop") + sse("garbage")) == "Hello.<stop>");
}

TEST_CASE("ChatAnswer bounds text, calls, arguments, names and a whole body") {
  const auto words = [](std::size_t octets) {
    std::string bytes;
    for (; octets > 1024; octets -= 1024) bytes += text(std::string(1024, 'a'));
    return bytes + text(std::string(octets, 'a')) + kDone;
  };
  CHECK(said(words(kMaxAnswerText)).ends_with("a<stop>"));
  CHECK(said(words(kMaxAnswerText + 1)).ends_with("a!protocol"));

  const auto calls = [](std::size_t count) {
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i)
      bytes += call(R"("index":)" + std::to_string(i) + R"(,"function":{"name":"f","arguments":"{}"})");
    return bytes + kDone;
  };
  CHECK(said(calls(kMaxCalls)).ends_with("]<calls>"));
  CHECK(said(calls(kMaxCalls + 1)) == "!protocol");

  const auto arguments = [](std::size_t octets) {
    const std::string half(octets / 2, ' ');
    return call(R"("index":0,"function":{"name":"f","arguments":")" + half + "\"}") +
           call(R"("index":0,"function":{"arguments":")" + std::string(octets - half.size(), ' ') + "\"}") + kDone;
  };
  CHECK(said(arguments(kMaxArguments)) == "[ f {}]<calls>");
  CHECK(said(arguments(kMaxArguments + 1)) == "!protocol");

  const auto name = [](std::size_t octets) {
    return call(R"("index":0,"function":{"name":")" + std::string(octets, 'f') + "\"}") + kDone;
  };
  CHECK(said(name(kMaxNameOctets)).ends_with("<calls>"));
  CHECK(said(name(kMaxNameOctets + 1)) == "!protocol");

  const auto whole = [](std::size_t octets) {
    const std::string json = R"({"choices":[{"message":{"content":"Hi."}}]})";
    return said(json + std::string(octets - json.size(), ' '));
  };
  CHECK(whole(kMaxWholeBody) == "Hi.<stop>");
  CHECK(whole(kMaxWholeBody + 1) == "!protocol");
}
