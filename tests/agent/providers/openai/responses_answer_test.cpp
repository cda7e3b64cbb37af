#include "../chat/model_text.hpp"

#include <offhook/agent/providers/openai/responses_answer.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook::agent::chat;
using namespace offhook::agent::openai;
using offhook::test::answer_of;

namespace {

std::string event(std::string_view type, std::string_view members = "") {
  std::string json = R"({"type":")" + std::string(type) + R"(","sequence_number":1)";
  if (!members.empty()) json += "," + std::string(members);
  return "event: " + std::string(type) + "\ndata: " + json + "}\n\n";
}
std::string output_text(std::string_view words) {
  return event("response.output_text.delta",
               R"("item_id":"m","output_index":0,"content_index":0,"delta":")" + std::string(words) + "\"");
}
std::string completed(std::string_view members = R"("status":"completed","error":null,"output":[])") {
  return event("response.completed", R"("response":{"id":"r",)" + std::string(members) + "}");
}
std::string responses_answer(const std::string& bytes) { return answer_of<ResponsesAnswer>(bytes); }

}  // namespace

TEST_CASE("ResponsesAnswer gives text, the end and the token counts if it gets the octets in pieces of any size") {
  const std::string bytes =
      event("response.created", R"("response":{"id":"r","status":"in_progress","error":null})") + event("response.in_progress") +
      event("response.output_item.added", R"("output_index":0,"item":{"id":"m","type":"message","content":[]})") +
      event("response.content_part.added") + output_text("Hel") + output_text("lo.") +
      event("response.output_text.done", R"("text":"Hello.")") +
      event("response.something_new", R"("delta":"not for the caller")") +
      event("response.output_item.done",
            R"("output_index":0,"item":{"id":"m","type":"message","content":[{"type":"output_text","text":"Hello."}]})") +
      completed(
          R"("output":[{"type":"message","content":[{"type":"output_text","text":"Hello."}]}],)"
          R"("usage":{"input_tokens":9,"output_tokens":2})");
  for (std::size_t step = 1; step <= bytes.size(); step += 3) {
    CAPTURE(step);
    CHECK(answer_of<ResponsesAnswer>(bytes, step) == "Hello.<stop>{9/2}");
  }
}

TEST_CASE("ResponsesAnswer reads function calls from deltas, from items, and from the whole response") {
  const std::string added = event("response.output_item.added",
                                  R"("output_index":1,"item":{"type":"function_call","call_id":"a","name":"f","arguments":""})");
  const std::string deltas = event("response.function_call_arguments.delta", R"("output_index":1,"delta":"{\"x\"")") +
                             event("response.function_call_arguments.delta", R"("output_index":1,"delta":":1}")");
  const std::string done =
      event("response.output_item.done",
            R"("output_index":1,"item":{"type":"function_call","call_id":"a","name":"f","arguments":"{\"x\":1}"})");
  CHECK(responses_answer(added + deltas + completed()) == "[a f {\"x\":1}]<calls>");
  CHECK(responses_answer(added + deltas + event("response.function_call_arguments.done", R"("output_index":1,"arguments":"{\"x\":1}")") +
                         done + completed()) == "[a f {\"x\":1}]<calls>");
  CHECK(
      responses_answer(completed(R"("output":[{"type":"reasoning"},{"type":"function_call","call_id":"a","name":"f","arguments":"{}"}])")) ==
      "[a f {}]<calls>");
}

TEST_CASE("ResponsesAnswer ignores reasoning and gives refusals as text") {
  CHECK(responses_answer(event("response.reasoning_text.delta", R"("delta":"secret")") +
                         event("response.reasoning_summary_text.delta", R"("delta":"secret")") + output_text("Yes.") + completed()) == "Yes.<stop>");
  CHECK(responses_answer(event("response.refusal.delta", R"("delta":"I cannot.")") + completed()) == "I cannot.<stop>");
}

TEST_CASE("ResponsesAnswer detects each kind of end") {
  CHECK(responses_answer(output_text("Hi") + event("response.incomplete", R"("response":{"incomplete_details":{"reason":"max_output_tokens"}})")) ==
        "Hi<length>");
  CHECK(responses_answer(output_text("Hi") + event("response.incomplete", R"("response":{"incomplete_details":{"reason":"content_filter"}})")) ==
        "Hi<filtered>");
  CHECK(responses_answer(output_text("Hi") + event("response.failed",
                                                   R"("response":{"status":"failed","error":{"code":"rate_limit_exceeded","message":"x"}})")) ==
        "Hi!rate limited");
  CHECK(responses_answer(event("response.failed", R"("response":{"status":"failed","error":{"code":"server_error","message":"x"}})")) ==
        "!overloaded");
  CHECK(responses_answer(event("response.failed", R"("response":{"status":"failed"})")) == "!overloaded");
  CHECK(responses_answer(event("error", R"("code":"invalid_api_key","message":"x","param":null)")) == "!auth");
  CHECK(responses_answer("data: {\"error\":{\"code\":\"server_error\"}}\n\n") == "!overloaded");
  CHECK(responses_answer(output_text("Hi.")) == "Hi.<stop>");
  CHECK(responses_answer(completed()) == "!empty");
  CHECK(responses_answer("") == "!empty");
  CHECK(responses_answer("nonsense") == "!protocol");
  CHECK(responses_answer("data: nonsense\n\n") == "!protocol");
}

TEST_CASE("ResponsesAnswer accepts an answer that is not a stream") {
  CHECK(
      responses_answer(
          R"({"id":"r","object":"response","status":"completed","error":null,)"
          R"("output":[{"type":"message","content":[{"type":"output_text","text":"Hi."}]}],)"
          R"("usage":{"input_tokens":1,"output_tokens":2}})") == "Hi.<stop>{1/2}");
}
