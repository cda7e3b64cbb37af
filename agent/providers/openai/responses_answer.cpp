#include <offhook/agent/providers/openai/responses_answer.hpp>

#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/agent/support/json_in.hpp>

#include <optional>
#include <string>

namespace offhook::inline v0::agent::openai {

using chat::CallPiece;
using chat::ModelEvent;
using chat::ModelFinished;
using chat::ModelUsage;

struct ResponsesAnswer::Reader {
  json::Parser parser;

  static void break_off(ResponsesAnswer& answer, const json::Element& where, std::vector<ModelEvent>& out) {
    const ErrorNames error = parse_error_names(simdjson::minify(where));
    answer.fail(kind_of(0, error), "the model's answer broke off with an error" + error.to_string(), out);
  }
  static void end_with(ResponsesAnswer& answer, const json::Element& response, std::vector<ModelEvent>& out);
};

namespace {

/// Returns the function call in an item of the output; nullopt if the item is not a function call. Borrows from `item`.
std::optional<CallPiece> call_in(const json::Element& item, std::optional<std::int64_t> index) {
  if (json::text(item, "type") != "function_call") return std::nullopt;
  CallPiece piece;
  piece.index = index;
  piece.id = json::text(item, "call_id");
  piece.name = json::text(item, "name");
  piece.arguments = json::text(item, "arguments");
  piece.whole_arguments = true;
  return piece;
}

CallPiece arguments_in(const json::Element& event, std::string_view member, bool whole) {
  CallPiece piece;
  piece.index = json::number(event, "output_index");
  piece.arguments = json::text(event, member);
  piece.whole_arguments = whole;
  return piece;
}

/// Returns the text of all messages of a complete response.
std::string text_of(const json::Element& response) {
  std::string text;
  json::for_each(response, "output", [&](const json::Element& item) {
    if (json::text(item, "type") != "message") return;
    json::for_each(item, "content", [&](const json::Element& part) {
      text += json::text(part, "text");
      text += json::text(part, "refusal");
    });
  });
  return text;
}

ModelFinished::Why why_of(const json::Element& response) {
  const auto details = json::member(response, "incomplete_details");
  if (!details) return ModelFinished::Why::Stop;
  return json::text(*details, "reason") == "content_filter" ? ModelFinished::Why::Filtered : ModelFinished::Why::Length;
}

}  // namespace

void ResponsesAnswer::Reader::end_with(ResponsesAnswer& answer, const json::Element& response, std::vector<ModelEvent>& out) {
  if (json::member(response, "error")) return break_off(answer, response, out);
  if (json::text(response, "status") == "failed")
    return answer.fail(FailureKind::Overloaded, "the server says that the model failed", out);
  if (!answer.has_text()) answer.on_text(text_of(response), out);
  if (!answer.has_calls()) {
    json::for_each(response, "output", [&, index = std::int64_t{0}](const json::Element& item) mutable {
      if (const auto call = call_in(item, index++)) answer.on_call(*call, out);
    });
  }
  answer.finish(why_of(response), out);
  if (const auto usage = json::member(response, "usage"); usage && !answer.failed()) {
    const auto details = json::member(*usage, "input_tokens_details");
    out.push_back(ModelUsage{json::count(*usage, "input_tokens"), json::count(*usage, "output_tokens"), details ? json::count(*details, "cached_tokens") : 0});
  }
}

ResponsesAnswer::ResponsesAnswer() : reader_(std::make_unique<Reader>()) {}
ResponsesAnswer::~ResponsesAnswer() = default;

void ResponsesAnswer::on_json(std::string_view name, std::string_view text, std::vector<ModelEvent>& out) {
  const auto event = json::parse(reader_->parser, text);
  if (!event || !event->is_object()) return fail(FailureKind::Protocol, "the answer has data that is not a JSON object", out);
  std::string_view type = json::text(*event, "type");
  if (type.empty()) type = name;
  if (type == "response.output_text.delta" || type == "response.refusal.delta") {
    on_text(json::text(*event, "delta"), out);
  } else if (type == "response.output_item.added" || type == "response.output_item.done") {
    const auto item = json::member(*event, "item");
    if (!item) return;
    if (const auto call = call_in(*item, json::number(*event, "output_index"))) on_call(*call, out);
  } else if (type == "response.function_call_arguments.delta") {
    on_call(arguments_in(*event, "delta", false), out);
  } else if (type == "response.function_call_arguments.done") {
    on_call(arguments_in(*event, "arguments", true), out);
  } else if (type == "response.completed" || type == "response.incomplete" || type == "response.failed") {
    if (const auto response = json::member(*event, "response")) return Reader::end_with(*this, *response, out);
    if (type == "response.failed") return fail(FailureKind::Overloaded, "the server says that the model failed", out);
    finish(type == "response.completed" ? ModelFinished::Why::Stop : ModelFinished::Why::Length, out);
  } else if (type == "error" || json::member(*event, "error")) {
    Reader::break_off(*this, *event, out);
  } else if (json::text(*event, "object") == "response" && json::member(*event, "output")) {
    Reader::end_with(*this, *event, out);  // This server does not stream.
  }
}

}  // namespace offhook::inline v0::agent::openai
