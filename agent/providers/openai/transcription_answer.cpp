#include <offhook/agent/providers/openai/transcription_answer.hpp>

#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/agent/providers/openai/transcription_use.hpp>
#include <offhook/agent/support/json_in.hpp>
#include <offhook/base/text.hpp>

#include <utility>

namespace offhook::inline v0::agent::openai {

struct TranscriptionAnswer::Reader {
  json::Parser parser;
};

namespace {

constexpr std::size_t kMaxWhole = 256U << 10U;  // octets of an answer that is one object: the text, and additions of servers (words, times, segments)

/// Returns the use by tokens, or by the length of the audio (whisper-1); nullopt if the server sent neither.
std::optional<ServiceUse> use_in(const json::Element& event) {
  const auto usage = json::member(event, "usage");
  if (!usage) return std::nullopt;
  realtime::TranscriptionUsage told;
  told.input_tokens = json::count(*usage, "input_tokens");
  told.output_tokens = json::count(*usage, "output_tokens");
  if (const auto details = json::member(*usage, "input_token_details")) told.input_audio_tokens = json::count(*details, "audio_tokens");
  if (const auto seconds = json::real(*usage, "seconds"); seconds && *seconds > 0 && *seconds <= realtime::kMaxAudioSeconds) told.seconds = *seconds;
  ServiceUse use = realtime::use_of(told);
  return use.is_nothing() ? std::nullopt : std::optional(std::move(use));
}

}  // namespace

TranscriptionAnswer::TranscriptionAnswer() : reader_(std::make_unique<Reader>()) {}
TranscriptionAnswer::~TranscriptionAnswer() = default;

void TranscriptionAnswer::on_bytes(std::string_view bytes, std::vector<HeardEvent>& out) {
  if (over_) return;
  if (!known_) {
    const std::size_t first = bytes.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return;
    bytes.remove_prefix(first);  // Ignore blanks at the beginning, even if they come alone.
    known_ = true;
    streamed_ = bytes.front() != '{';  // whisper-1, and servers that do not stream, answer with one object.
  }
  if (!streamed_) {
    if (whole_.size() + bytes.size() > kMaxWhole) return fail(FailureKind::Protocol, "the transcript is too large", out);
    whole_ += bytes;
    return;
  }
  events_.clear();
  const bool fits = sse_.feed(bytes, events_);
  for (const SseEvent& event : events_) on_json(event.data, out);
  if (!fits) fail(FailureKind::Protocol, "an event of the transcript is too long", out);
}

void TranscriptionAnswer::on_end(std::vector<HeardEvent>& out) {
  if (over_) return;
  if (known_ && !streamed_) {
    on_json(std::exchange(whole_, {}), out);
    return fail(FailureKind::Protocol, "there is no transcript in the answer", out);
  }
  events_.clear();
  if (!sse_.finish(events_)) return fail(FailureKind::Protocol, "an event of the transcript is too long", out);
  for (const SseEvent& event : events_) on_json(event.data, out);
  if (over_) return;
  if (text_.empty())
    return fail(known_ ? FailureKind::Protocol : FailureKind::Empty, "there is no transcript in the answer", out);
  finish(std::exchange(text_, {}), out);
}

void TranscriptionAnswer::on_json(std::string_view text, std::vector<HeardEvent>& out) {
  if (over_ || text.starts_with("[DONE]")) return;
  const auto event = json::parse(reader_->parser, text);
  if (!event || !event->is_object()) return fail(FailureKind::Protocol, "the transcript has data that is not a JSON object", out);
  const std::string_view type = json::text(*event, "type");
  if (json::member(*event, "error") || type == "error") {
    const ErrorNames error = parse_error_names(text);
    return fail(kind_of(0, error), "the transcript broke off with an error" + error.to_string(), out);
  }
  if (type == "transcript.text.delta") {
    text_ += json::text(*event, "delta");
    if (text_.size() > kMaxText) return fail(FailureKind::Protocol, "the transcript is too long", out);
    if (!base::trim(text_).empty()) out.push_back(HeardText{std::string(base::trim(text_)), false});
  } else if (type == "transcript.text.done" || type.empty()) {
    if (!json::member(*event, "text")) return fail(FailureKind::Protocol, "the transcript has no text", out);
    use_ = use_in(*event);
    finish(json::text(*event, "text"), out);
  }
}

void TranscriptionAnswer::finish(std::string_view text, std::vector<HeardEvent>& out) {
  if (over_) return;
  if (text.size() > kMaxText) return fail(FailureKind::Protocol, "the transcript is too long", out);
  over_ = true;
  out.push_back(HeardText{std::string(base::trim(text)), true});
}

void TranscriptionAnswer::fail(FailureKind kind, std::string why, std::vector<HeardEvent>& out) {
  if (std::exchange(over_, true)) return;
  out.push_back(HearingFailed{kind, std::move(why)});
}

}  // namespace offhook::inline v0::agent::openai
