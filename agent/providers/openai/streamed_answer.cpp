#include <offhook/agent/providers/openai/streamed_answer.hpp>

#include <utility>

namespace offhook::inline v0::agent::openai {

using chat::ModelEvent;
using chat::ModelFinished;
using chat::kMaxWholeBody;

namespace {
constexpr std::string_view kSpace = " \t\r\n";
}

void StreamedAnswer::on_bytes(std::string_view bytes, std::vector<ModelEvent>& out) {
  if (failed()) return;
  if (form_ == Form::Unknown) {
    const std::size_t first = bytes.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return;
    bytes.remove_prefix(first);  // Ignore blanks at the beginning, even if they come alone.
    form_ = bytes.front() == '{' ? Form::Whole : Form::Stream;  // No line of a stream begins with '{'.
  }
  if (form_ == Form::Whole) {
    if (whole_.size() + bytes.size() > kMaxWholeBody) return fail(FailureKind::Protocol, "the answer is larger than 1 MiB", out);
    whole_ += bytes;
    return;
  }
  events_.clear();
  on_events(sse_.feed(bytes, events_), out);
}

void StreamedAnswer::on_end(std::vector<ModelEvent>& out) {
  if (failed()) return;
  events_.clear();
  if (form_ == Form::Whole) {
    on_json("", std::exchange(whole_, {}), out);
  } else {
    on_events(sse_.finish(events_), out);
  }
  if (!met_ && form_ == Form::Stream)
    fail(FailureKind::Protocol, "the answer is not a stream of events: check the server's address", out);
  finish(ModelFinished::Why::Stop, out);  // The server omitted the mark at the end.
  give_usage(out);
}

void StreamedAnswer::on_events(bool fits, std::vector<ModelEvent>& out) {
  for (const SseEvent& event : events_) {
    if (failed()) return;
    met_ = true;
    if (event.data.starts_with("[DONE]")) {
      finish(ModelFinished::Why::Stop, out);
      give_usage(out);
    } else if (event.data.find_first_not_of(kSpace) != std::string::npos) {
      on_json(event.name, event.data, out);
    }
  }
  if (!fits) fail(FailureKind::Protocol, "a line or an event of the answer is too long", out);
}

}  // namespace offhook::inline v0::agent::openai
