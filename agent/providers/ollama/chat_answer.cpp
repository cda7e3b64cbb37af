#include <offhook/agent/providers/ollama/chat_answer.hpp>

#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/agent/support/json_in.hpp>

namespace offhook::inline v0::agent::ollama {

using chat::CallPiece;
using chat::ModelEvent;
using chat::ModelFinished;

struct ChatAnswer::Reader {
  json::Parser parser;
};

ChatAnswer::ChatAnswer() : reader_(std::make_unique<Reader>()) {}
ChatAnswer::~ChatAnswer() = default;

void ChatAnswer::on_bytes(std::string_view bytes, std::vector<ModelEvent>& out) {
  if (over()) return;
  std::vector<std::string> lines;
  const bool fits = lines_.feed(bytes, lines);
  on_lines(lines, out);
  if (!fits) fail(FailureKind::Protocol, "a line of the answer is too long", out);
}

void ChatAnswer::on_end(std::vector<ModelEvent>& out) {
  if (over()) return;
  std::vector<std::string> lines;
  lines_.finish(lines);
  on_lines(lines, out);
  fail(FailureKind::Overloaded, "the answer broke off before the model was done", out);
}

void ChatAnswer::on_lines(const std::vector<std::string>& lines, std::vector<ModelEvent>& out) {
  for (const std::string& line : lines) {
    if (over()) return;
    on_line(line, out);
  }
}

void ChatAnswer::on_line(std::string_view line, std::vector<ModelEvent>& out) {
  const auto chunk = json::parse(reader_->parser, line);
  if (!chunk || !chunk->is_object()) return fail(FailureKind::Protocol, "the answer has a line that is not a JSON object", out);
  if (json::member(*chunk, "error")) {  // The error is in an answer with status 200. Do not show its sentence.
    const ErrorNames error = parse_error_names(line);
    return fail(kind_of(0, error), "the model's answer broke off with an error" + error.to_string(), out);
  }
  if (const auto message = json::member(*chunk, "message"); message && message->is_object()) {
    on_text(json::text(*message, "content"), out);
    json::for_each(*message, "tool_calls", [&](const json::Element& call) {
      const auto function = json::member(call, "function");
      if (!function) return;
      const auto given = json::member(*function, "arguments");
      const std::string arguments = given ? json::text_or_json(*given) : "{}";
      // Count the calls here: in some versions, `function.index` starts again on each line.
      on_call(CallPiece{calls_++, json::text(call, "id"), json::text(*function, "name"), arguments, true}, out);
    });
  }
  bool done = false;
  const auto mark = json::member(*chunk, "done");
  if (!mark || mark->get(done) != simdjson::SUCCESS || !done) return;
  finish(json::text(*chunk, "done_reason") == "length" ? ModelFinished::Why::Length : ModelFinished::Why::Stop, out);
  if (!failed()) out.push_back(chat::ModelUsage{json::count(*chunk, "prompt_eval_count"), json::count(*chunk, "eval_count")});
}

}  // namespace offhook::inline v0::agent::ollama
