#include <offhook/agent/providers/openai/streamed_answer.hpp>

#include <utility>

namespace offhook::inline v0::agent::openai {

namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view why_empty(ModelFinished::Why why) {
  switch (why) {
    case ModelFinished::Why::Length:
      return "the model used up its tokens before it said a word: allow more, or let it think less";
    case ModelFinished::Why::Filtered: return "the server's content filter took the answer away";
    case ModelFinished::Why::Stop:
    case ModelFinished::Why::Calls: break;
  }
  return "the model's answer is empty";
}

}  // namespace

void StreamedAnswer::on_bytes(std::string_view bytes, std::vector<ModelEvent>& out) {
  if (failed_) return;
  if (form_ == Form::Unknown) {
    const std::size_t first = bytes.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return;
    bytes.remove_prefix(first);  // As if it had come by itself.
    form_ = bytes.front() == '{' ? Form::Whole : Form::Stream;  // No line of a stream begins so.
  }
  if (form_ == Form::Whole) {
    if (whole_.size() + bytes.size() > kMaxWholeBody) return fail(FailureKind::Protocol, "the answer is too large", out);
    whole_ += bytes;
    return;
  }
  events_.clear();
  on_events(sse_.feed(bytes, events_), out);
}

void StreamedAnswer::on_end(std::vector<ModelEvent>& out) {
  if (failed_) return;
  events_.clear();
  if (form_ == Form::Whole) {
    on_json("", std::exchange(whole_, {}), out);
  } else {
    on_events(sse_.finish(events_), out);
  }
  if (!met_ && form_ == Form::Stream)
    fail(FailureKind::Protocol, "the answer is no stream of events: is this the right server?", out);
  finish(ModelFinished::Why::Stop, out);  // Its end mark is missing.
}

void StreamedAnswer::on_events(bool fits, std::vector<ModelEvent>& out) {
  for (const SseEvent& event : events_) {
    if (failed_) return;
    met_ = true;
    if (event.data.starts_with("[DONE]")) {
      finish(ModelFinished::Why::Stop, out);
    } else if (event.data.find_first_not_of(kSpace) != std::string::npos) {
      on_json(event.name, event.data, out);
    }
  }
  if (!fits) fail(FailureKind::Protocol, "a line or an event of the answer is too long", out);
}

void StreamedAnswer::on_text(std::string_view text, std::vector<ModelEvent>& out) {
  if (text.empty() || over()) return;
  text_octets_ += text.size();
  if (text_octets_ > kMaxAnswerText) return fail(FailureKind::Protocol, "the model does not stop talking", out);
  std::string spoken = thoughts_.feed(text);
  if (spoken.empty()) return;
  said_ = said_ || spoken.find_first_not_of(kSpace) != std::string::npos;
  out.push_back(ModelText{std::move(spoken)});
}

void StreamedAnswer::on_call(const CallPiece& piece, std::vector<ModelEvent>& out) {
  if (over() || calls_.add(piece)) return;
  fail(FailureKind::Protocol, "the answer holds too many function calls, or too long ones", out);
}

void StreamedAnswer::finish(ModelFinished::Why why, std::vector<ModelEvent>& out) {
  if (over()) return;
  if (std::string rest = thoughts_.finish(); !rest.empty()) {
    said_ = true;
    out.push_back(ModelText{std::move(rest)});
  }
  auto calls = calls_.take();
  if (calls.empty() && !said_) return fail(FailureKind::Empty, std::string(why_empty(why)), out);
  if (!calls.empty()) why = ModelFinished::Why::Calls;  // Some say "stop" all the same.
  for (ModelCall& call : calls) out.push_back(std::move(call));
  finished_ = true;
  out.push_back(ModelFinished{why});
}

void StreamedAnswer::fail(FailureKind kind, std::string why, std::vector<ModelEvent>& out) {
  if (over()) return;
  failed_ = true;
  out.push_back(ModelFailed{kind, std::move(why)});
}

}  // namespace offhook::inline v0::agent::openai
