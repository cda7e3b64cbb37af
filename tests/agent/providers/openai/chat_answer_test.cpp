#include "../chat/model_text.hpp"

#include <offhook/agent/providers/openai/chat_answer.hpp>
#include <offhook/tests/agent/providers/openai/server_sent_events.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook::agent::chat;
using namespace offhook::agent::openai;
using offhook::test::answer_of;
using offhook::test::chat_text;
using offhook::test::kDone;
using offhook::test::sse;
using offhook::test::to_line;

namespace {

std::string delta(std::string_view inside) {
  return sse(R"({"choices":[{"index":0,"delta":{)" + std::string(inside) + R"(}}]})");
}
std::string call_delta(std::string_view inside) { return delta(R"("tool_calls":[{)" + std::string(inside) + "}]"); }
std::string end(std::string_view reason) {
  return sse(R"({"choices":[{"index":0,"delta":{},"finish_reason":")" + std::string(reason) + "\"}]}");
}
std::string chat_answer(const std::string& bytes) { return answer_of<ChatAnswer>(bytes); }

}  // namespace

TEST_CASE("ChatAnswer gives text, the end and the token counts if it gets the octets in pieces of any size") {
  const std::string bytes =
      ": hello\r\n\r\n" +
      sse(R"({"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null})") +
      chat_text("Caf\xc3\xa9 ") + chat_text("\\u00e9\\n\\\"ok\\\"") + end("stop") +
      sse(R"({"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":7}})") + kDone;
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    CAPTURE(step);
    CHECK(answer_of<ChatAnswer>(bytes, step) == "Caf\xc3\xa9 \xc3\xa9\n\"ok\"<stop>{12/7}");
  }
}

TEST_CASE("ChatAnswer joins the pieces of tool calls by their index") {
  const std::string bytes =
      chat_text("One moment.") + call_delta(R"("index":0,"id":"a","type":"function","function":{"name":"open","arguments":""})") +
      call_delta(R"("index":1,"id":"b","function":{"name":"close","arguments":"{"})") +
      call_delta(R"("index":0,"function":{"arguments":"{\"door\":"})") + call_delta(R"("index":0,"function":{"arguments":"1}"})") +
      call_delta(R"("index":1,"function":{"arguments":"}"})") + end("tool_calls") + kDone;
  CHECK(chat_answer(bytes) == "One moment.[a open {\"door\":1}][b close {}]<calls>");
}

TEST_CASE("ChatAnswer accepts the tool calls of compatible servers") {
  SUBCASE("calls without an id") {
    CHECK(chat_answer(call_delta(R"("index":0,"function":{"name":"f","arguments":"{}"})") + end("tool_calls")) == "[ f {}]<calls>");
  }
  SUBCASE("calls without an index, each in one piece") {
    CHECK(chat_answer(call_delta(R"("id":"a","function":{"name":"f","arguments":"{\"x\":1}"})") +
                      call_delta(R"("id":"b","function":{"name":"f","arguments":"{\"x\":2}"})") + end("tool_calls")) ==
          "[a f {\"x\":1}][b f {\"x\":2}]<calls>");
  }
  SUBCASE("calls that all have index 0") {
    CHECK(chat_answer(call_delta(R"("index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"})") +
                      call_delta(R"("index":0,"id":"b","function":{"name":"g","arguments":"{\"x\":2}"})") + end("stop")) ==
          "[a f {\"x\":1}][b g {\"x\":2}]<calls>");
  }
  SUBCASE("calls without index and id") {
    CHECK(chat_answer(call_delta(R"("function":{"name":"f","arguments":"{\"x\":\"}\"}"})") +
                      call_delta(R"("function":{"name":"f","arguments":"{\"x\":2}"})") + kDone) == "[ f {\"x\":\"}\"}][ f {\"x\":2}]<calls>");
  }
  SUBCASE("a call that has its name in each piece") {
    CHECK(chat_answer(call_delta(R"("index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"})") +
                      call_delta(R"("index":0,"id":"a","function":{"name":"f","arguments":"1}"})") + end("tool_calls")) ==
          "[a f {\"x\":1}]<calls>");
  }
  SUBCASE("a call with arguments as an object, and a call without arguments") {
    CHECK(chat_answer(call_delta(R"("index":0,"id":"a","function":{"name":"f","arguments":{"x": [1, 2]}})") +
                      call_delta(R"("index":1,"id":"b","function":{"name":"g"})") + end("stop")) == "[a f {\"x\":[1,2]}][b g {}]<calls>");
  }
  SUBCASE("two calls in one piece, without an end of the stream") {
    CHECK(
        chat_answer(delta(
            R"("tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}},{"index":1,)"
            R"("id":"b","function":{"name":"g","arguments":"{}"}}])")) ==
        "[a f {}][b g {}]<calls>");
  }
  SUBCASE("the old form of a function call") {
    CHECK(chat_answer(delta(R"("function_call":{"name":"f","arguments":"{\"x\""})") + delta(R"("function_call":{"arguments":":1}"})") +
                      end("function_call")) == "[ f {\"x\":1}]<calls>");
  }
  SUBCASE("a call without a name, which is ignored") {
    CHECK(chat_answer(chat_text("Hm.") + call_delta(R"("index":0,"id":"a","function":{"arguments":"{}"})") + end("stop")) == "Hm.<stop>");
  }
}

TEST_CASE("ChatAnswer accepts empty chunks, and a stream that ends without [DONE] or finish_reason") {
  CHECK(chat_answer(sse("{}") + delta("") + delta(R"("content":null)") + sse(R"({"choices":[]})") + sse(R"({"choices":[{"index":0}]})") +
                    chat_text("Hi.")) == "Hi.<stop>");
  CHECK(chat_answer(chat_text("Hi.") + kDone) == "Hi.<stop>");
  CHECK(chat_answer(chat_text("Hi.") + "data: \n\n" + end("stop")) == "Hi.<stop>");
  CHECK(chat_answer(chat_text("Hi.") + end("length")) == "Hi.<length>");
  CHECK(chat_answer(delta(R"("content":[{"type":"text","text":"Hi."}])") + kDone) == "Hi.<stop>");
  CHECK(chat_answer(delta(R"("refusal":"I cannot do that.")") + kDone) == "I cannot do that.<stop>");
}

TEST_CASE("ChatAnswer accepts an answer that is not a stream") {
  const std::string whole =
      R"( {"id":"x","choices":[{"index":0,"message":{"role":"assistant",)"
      R"("content":"<think>hm</think>Hello.","tool_calls":[{"id":"a","type":"function",)"
      R"("function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}],)"
      R"("usage":{"prompt_tokens":3,"completion_tokens":4}})";
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::string::npos})
    CHECK(answer_of<ChatAnswer>(whole, step) == "Hello.[a f {}]<calls>{3/4}");
}

TEST_CASE("ChatAnswer never gives the model's thoughts") {
  CHECK(chat_answer(chat_text("<th") + chat_text("ink>I wonder") + chat_text(" <b></thi") + chat_text("nk>Hello") + chat_text(" you.") + kDone) ==
        "Hello you.<stop>");
  CHECK(chat_answer(chat_text("a <") + chat_text("b and <<think>x</think>c") + kDone) == "a <b and <c<stop>");
  CHECK(chat_answer(delta(R"("reasoning_content":"secret")") + delta(R"("reasoning":"secret","content":"Yes.")") + kDone) ==
        "Yes.<stop>");
  CHECK(chat_answer(chat_text("left over</think>Yes.") + kDone) == "left overYes.<stop>");
  CHECK(chat_answer(chat_text("It is 3 <") + kDone) == "It is 3 <<stop>");
  CHECK(chat_answer(chat_text("<think>only thoughts") + end("stop")) == "!empty");
}

TEST_CASE("If the model's template begins the thought, ChatAnswer gives only the text after the end of the thought") {
  const auto said = [](const std::string& bytes) {
    ChatAnswer answer(true);
    std::vector<ModelEvent> events;
    answer.on_bytes(bytes, events);
    answer.on_end(events);
    return to_line(events);
  };
  CHECK(said(chat_text("The caller wants a refund. Let me see.</thi") + chat_text("nk>Sure.") + kDone) == "Sure.<stop>");
  CHECK(said(chat_text("<think>twice</think>Sure.") + kDone) == "Sure.<stop>");
  CHECK(said(chat_text("a thought") + end("stop")) == "!empty");
  CHECK(said(chat_text("a thought") + end("length")) == "!empty");
  CHECK(said(chat_text("hm") + call_delta(R"("index":0,"id":"a","function":{"name":"f","arguments":"{}"})") + end("tool_calls")) == "[a f {}]<calls>");
}

TEST_CASE("If several chunks have cumulative token counts, ChatAnswer gives only the last counts") {
  const auto usage = [](int output) {
    return sse(R"({"choices":[{"index":0,"delta":{"content":"a"}}],"usage":{"prompt_tokens":12,"completion_tokens":)" + std::to_string(output) + "}}");
  };
  CHECK(chat_answer(usage(1) + usage(2) + end("stop") + usage(3) + kDone) == "aa<stop>{12/3}");
  CHECK(chat_answer(usage(1) + usage(2) + end("stop")) == "aa<stop>{12/2}");
}

TEST_CASE("ChatAnswer reports an empty answer") {
  CHECK(chat_answer("") == "!empty");
  CHECK(chat_answer(kDone) == "!empty");
  CHECK(chat_answer(chat_text(" \\n ") + end("stop") + kDone) == " \n !empty");
  CHECK(chat_answer(end("length")) == "!empty");
  CHECK(chat_answer(end("content_filter")) == "!empty");
}

TEST_CASE("ChatAnswer detects an error within the stream, from OpenAI and from other servers") {
  CHECK(chat_answer(chat_text("Hello") + sse(R"({"error":{"message":"secret words","type":"server_error","code":null}})")) ==
        "Hello!overloaded");
  CHECK(chat_answer(sse(R"({"error":{"message":"x","type":"tokens","code":"rate_limit_exceeded"}})")) == "!rate limited");
  CHECK(chat_answer(sse(R"({"error":{"message":"x","code":"insufficient_quota"}})")) == "!auth");
  CHECK(chat_answer(sse(R"({"object":"error","message":"x","type":"BadRequestError","code":400})")) == "!overloaded");
  CHECK(chat_answer(sse(R"({"error":"model crashed"})")) == "!overloaded");
  ChatAnswer answer;
  std::vector<ModelEvent> events;
  answer.on_bytes(sse(R"({"error":{"message":"secret words","type":"server_error"}})"), events);
  REQUIRE(events.size() == 1);
  CHECK(std::get<ModelFailed>(events[0]).why == "the model's answer broke off with an error (server_error)");
  answer.on_bytes(chat_text("more"), events);
  answer.on_end(events);
  CHECK(events.size() == 1);
}

TEST_CASE("ChatAnswer refuses garbage") {
  CHECK(chat_answer("<html><body>502 Bad Gateway</body></html>") == "!protocol");
  CHECK(chat_answer(sse("garbage")) == "!protocol");
  CHECK(chat_answer(chat_text("Hello") + sse("[1,2]")) == "Hello!protocol");
  CHECK(chat_answer(chat_text("Hello") + "data: {\"choices\":[{\"delta\":{\"content\":\"cut") == "Hello!protocol");
  CHECK(chat_answer("{\"choices\":[{\"mess") == "!protocol");
  CHECK(chat_answer(chat_text("Hello.") + end("stop") + sse("garbage")) == "Hello.<stop>");
}

TEST_CASE("ChatAnswer bounds text, calls, arguments, names and a whole body") {
  const auto words = [](std::size_t octets) {
    std::string bytes;
    for (; octets > 1024; octets -= 1024) bytes += chat_text(std::string(1024, 'a'));
    return bytes + chat_text(std::string(octets, 'a')) + kDone;
  };
  CHECK(chat_answer(words(kMaxAnswerText)).ends_with("a<stop>"));
  CHECK(chat_answer(words(kMaxAnswerText + 1)).ends_with("a!protocol"));

  const auto calls = [](std::size_t count) {
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i)
      bytes += call_delta(R"("index":)" + std::to_string(i) + R"(,"function":{"name":"f","arguments":"{}"})");
    return bytes + kDone;
  };
  CHECK(chat_answer(calls(kMaxCalls)).ends_with("]<calls>"));
  CHECK(chat_answer(calls(kMaxCalls + 1)) == "!protocol");

  const auto arguments = [](std::size_t octets) {
    const std::string half(octets / 2, ' ');
    return call_delta(R"("index":0,"function":{"name":"f","arguments":")" + half + "\"}") +
           call_delta(R"("index":0,"function":{"arguments":")" + std::string(octets - half.size(), ' ') + "\"}") + kDone;
  };
  CHECK(chat_answer(arguments(kMaxArguments)) == "[ f {}]<calls>");
  CHECK(chat_answer(arguments(kMaxArguments + 1)) == "!protocol");

  const auto name = [](std::size_t octets) {
    return call_delta(R"("index":0,"function":{"name":")" + std::string(octets, 'f') + "\"}") + kDone;
  };
  CHECK(chat_answer(name(kMaxNameOctets)).ends_with("<calls>"));
  CHECK(chat_answer(name(kMaxNameOctets + 1)) == "!protocol");

  const auto whole = [](std::size_t octets) {
    const std::string json = R"({"choices":[{"message":{"content":"Hi."}}]})";
    return chat_answer(json + std::string(octets - json.size(), ' '));
  };
  CHECK(whole(kMaxWholeBody) == "Hi.<stop>");
  CHECK(whole(kMaxWholeBody + 1) == "!protocol");
}

TEST_CASE("ChatAnswer gives the number of cached tokens, which are part of the input tokens") {
  ChatAnswer answer;
  std::vector<ModelEvent> events;
  answer.on_bytes("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Yes.\"},\"finish_reason\":\"stop\"}]}\n\n"
                  "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1200,\"prompt_tokens_details\":{\"cached_tokens\":1024},\"completion_tokens\":7}}\n\ndata: [DONE]\n\n", events);
  answer.on_end(events);
  std::uint64_t cached = 0;
  for (const auto& event : events) {
    if (const auto* usage = std::get_if<ModelUsage>(&event)) cached += usage->cached_input;
  }
  CHECK(cached == 1024);
}
