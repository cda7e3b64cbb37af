#include <offhook/agent/providers/openai/chat_answer.hpp>

#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/agent/support/json_in.hpp>

#include <optional>
#include <string>

namespace offhook::inline v0::agent::openai {

using chat::CallPiece;
using chat::ModelEvent;
using chat::ModelFinished;
using chat::ModelUsage;

struct ChatAnswer::Reader {
  json::Parser parser;
};

namespace {

ModelFinished::Why why_of(std::string_view reason) {
  if (reason == "length" || reason == "max_tokens") return ModelFinished::Why::Length;
  if (reason == "content_filter") return ModelFinished::Why::Filtered;
  return reason == "tool_calls" || reason == "function_call" ? ModelFinished::Why::Calls : ModelFinished::Why::Stop;
}

/// Returns the content of a delta, which is a text or a list of parts with texts.
std::string content_of(const json::Element& delta) {
  std::string content(json::text(delta, "content"));
  json::for_each(delta, "content", [&](const json::Element& part) { content += json::text(part, "text"); });
  return content.empty() ? std::string(json::text(delta, "refusal")) : content;  // The agent also speaks a refusal.
}

/// Invokes `each` for every piece of a function call in `delta`, which is the delta of a chunk, or the message of an answer that is not
/// a stream.
template <class Each>
void for_each_call(const json::Element& delta, Each each) {
  const auto with_function = [&](const json::Element& function, CallPiece piece) {
    piece.name = json::text(function, "name");
    std::string arguments;
    if (const auto given = json::member(function, "arguments")) {
      piece.whole_arguments = !given->is_string();
      arguments = json::text_or_json(*given);
    }
    piece.arguments = arguments;
    each(piece);
  };
  json::for_each(delta, "tool_calls", [&](const json::Element& call) {
    CallPiece piece;
    piece.index = json::number(call, "index");
    piece.id = json::text(call, "id");
    if (const auto function = json::member(call, "function")) with_function(*function, piece);
  });
  CallPiece only;
  only.index = 0;
  if (const auto function = json::member(delta, "function_call")) with_function(*function, only);  // the older form of a function call
}

}  // namespace

ChatAnswer::ChatAnswer(bool starts_in_thought) : StreamedAnswer(starts_in_thought), reader_(std::make_unique<Reader>()) {}
ChatAnswer::~ChatAnswer() = default;

void ChatAnswer::on_json(std::string_view, std::string_view text, std::vector<ModelEvent>& out) {
  const auto chunk = json::parse(reader_->parser, text);
  if (!chunk || !chunk->is_object()) return fail(FailureKind::Protocol, "the answer has data that is not a JSON object", out);
  if (json::member(*chunk, "error") || json::text(*chunk, "object") == "error") {
    const ErrorNames error = parse_error_names(text);
    return fail(kind_of(0, error), "the model's answer broke off with an error" + error.to_string(), out);
  }
  std::optional<ModelFinished::Why> end;
  json::for_each(*chunk, "choices", [&](const json::Element& choice) {
    if (json::number(choice, "index").value_or(0) != 0) return;  // Offhook requests only one choice.
    auto delta = json::member(choice, "delta");
    if (!delta) delta = json::member(choice, "message");
    if (delta && delta->is_object()) {
      on_text(content_of(*delta), out);
      for_each_call(*delta, [&](const CallPiece& piece) { on_call(piece, out); });
    }
    if (const std::string_view reason = json::text(choice, "finish_reason"); !reason.empty()) end = why_of(reason);
  });
  if (end) finish(*end, out);
  if (const auto usage = json::member(*chunk, "usage"); usage && !failed()) {
    const auto details = json::member(*usage, "prompt_tokens_details");
    on_usage({json::count(*usage, "prompt_tokens"), json::count(*usage, "completion_tokens"), details ? json::count(*details, "cached_tokens") : 0});
  }
}

}  // namespace offhook::inline v0::agent::openai
