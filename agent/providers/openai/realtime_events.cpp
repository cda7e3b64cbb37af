#include <offhook/agent/providers/openai/realtime_events.hpp>

#include <offhook/agent/support/utf8.hpp>
#include <offhook/base/base64.hpp>

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace offhook::inline v0::agent::openai::realtime {
namespace {

namespace json = simdjson::ondemand;

constexpr std::size_t kKeptFrame = 64U << 10U;  // The parser frees its memory after a larger frame.

/// All members that any event may have. One pass over the frame fills them, because the type of the event may come last.
struct Fields {
  std::string_view type, item_id, previous_item_id, response_id;
  std::string_view delta, transcript, text;
  std::uint64_t audio_start_ms = 0, audio_end_ms = 0;
  ErrorInfo error;
  SessionCreated session;
  struct Item { std::string_view id, type, role, status, call_id, name, arguments; } item;
  ResponseDone response;
  RateLimits limits;
  TranscriptionUsage usage;
};

/// Returns the content of a string: a view of the frame, or, if it contains escapes, of the unescaped text in the parser's memory.
/// Returns "" if the value is not a string.
std::string_view text_of(json::value value) {
  std::string_view token = value.raw_json_token();
  while (!token.empty() && token.back() != '"') token.remove_suffix(1);  // The token includes the blanks after the string.
  if (token.size() < 2 || token.front() != '"') return {};
  token = token.substr(1, token.size() - 2);
  if (token.find('\\') == std::string_view::npos) return token;
  std::string_view text;
  return value.get_string().get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

std::uint64_t number_of(json::value value) {
  std::uint64_t number = 0;
  return value.get_uint64().get(number) == simdjson::SUCCESS ? number : 0;
}

/// Invokes `take(key, value)` for each member of an object. Returns an error if the object is malformed. Does not unescape keys, because
/// no key of an event contains escapes.
template <class Take>
[[nodiscard]] simdjson::error_code for_each_member(json::object object, Take take) {
  for (auto field : object) {
    json::raw_json_string key;
    if (const auto error = field.key().get(key)) return error;
    json::value value;
    if (const auto error = field.value().get(value)) return error;
    if (const auto error = take(key, value)) return error;
  }
  return simdjson::SUCCESS;
}

/// Does the same for a value that should be an object. Ignores a value of another type.
template <class Take>
[[nodiscard]] simdjson::error_code for_each_member(json::value value, Take take) {
  json::object object;
  const auto error = value.get_object().get(object);
  if (error == simdjson::INCORRECT_TYPE) return simdjson::SUCCESS;
  return error ? error : for_each_member(object, take);
}

template <class Take>
[[nodiscard]] simdjson::error_code for_each_element(json::value value, Take take) {
  json::array array;
  auto error = value.get_array().get(array);
  if (error == simdjson::INCORRECT_TYPE) return simdjson::SUCCESS;
  if (error) return error;
  for (auto element : array) {
    json::value each;
    if ((error = element.get(each))) return error;
    if ((error = take(each))) return error;
  }
  return simdjson::SUCCESS;
}

simdjson::error_code read_error(json::value value, ErrorInfo& out) {
  out = {};
  return for_each_member(value, [&out](json::raw_json_string key, json::value member) {
    if (key == "type") out.type = text_of(member);
    if (key == "code") out.code = text_of(member);
    if (key == "event_id") out.event_id = text_of(member);
    if (key == "param") out.param = text_of(member);
    return simdjson::SUCCESS;
  });
}

simdjson::error_code read_item(json::value value, Fields::Item& out) {
  out = {};
  return for_each_member(value, [&out](json::raw_json_string key, json::value member) {
    if (key == "id") out.id = text_of(member);
    if (key == "type") out.type = text_of(member);
    if (key == "role") out.role = text_of(member);
    if (key == "status") out.status = text_of(member);
    if (key == "call_id") out.call_id = text_of(member);
    if (key == "name") out.name = text_of(member);
    if (key == "arguments") out.arguments = text_of(member);
    return simdjson::SUCCESS;
  });
}

ResponseDone::Status status_of(std::string_view text) {
  using Status = ResponseDone::Status;
  if (text == "completed") return Status::Completed;
  if (text == "cancelled") return Status::Cancelled;
  if (text == "failed") return Status::Failed;
  if (text == "incomplete") return Status::Incomplete;
  return Status::Unknown;
}

/// Reads the usage in an event about a transcript; read_usage() reads the usage of a response.
simdjson::error_code read_transcription_usage(json::value value, TranscriptionUsage& out) {
  return for_each_member(value, [&out](json::raw_json_string key, json::value member) {
    if (key == "input_tokens") out.input_tokens = number_of(member);
    if (key == "output_tokens") out.output_tokens = number_of(member);
    if (key == "seconds" && (member.get_double().get(out.seconds) || !(out.seconds > 0 && out.seconds <= kMaxAudioSeconds))) out.seconds = 0;
    if (key != "input_token_details") return simdjson::SUCCESS;
    return for_each_member(member, [&out](json::raw_json_string name, json::value detail) {
      if (name == "audio_tokens") out.input_audio_tokens = number_of(detail);
      return simdjson::SUCCESS;
    });
  });
}

simdjson::error_code read_usage(json::value value, Usage& out) {
  return for_each_member(value, [&out](json::raw_json_string key, json::value member) {
    if (key == "input_tokens") out.input_tokens = number_of(member);
    if (key == "output_tokens") out.output_tokens = number_of(member);
    if (key == "input_token_details") {
      return for_each_member(member, [&out](json::raw_json_string name, json::value detail) {
        if (name == "audio_tokens") out.input_audio_tokens = number_of(detail);
        if (name == "cached_tokens") out.cached_tokens = number_of(detail);
        return simdjson::SUCCESS;
      });
    }
    if (key == "output_token_details") {
      return for_each_member(member, [&out](json::raw_json_string name, json::value detail) {
        if (name == "audio_tokens") out.output_audio_tokens = number_of(detail);
        return simdjson::SUCCESS;
      });
    }
    return simdjson::SUCCESS;
  });
}

/// The function calls in `response.done`. The parser owns them, because the event only borrows.
struct Calls {
  std::array<FunctionCall, kMaxCalls> of;
  std::size_t count = 0;
};

std::string_view bounded_arguments(std::string_view arguments) {
  return arguments.size() > kMaxArguments ? std::string_view{} : arguments;
}

FunctionCall call_of(const Fields::Item& item) {
  return {item.id, item.call_id, item.name, bounded_arguments(item.arguments)};
}

/// Returns true if the item is a function call that the server marks as complete. If a function call was broken off, its arguments are incomplete.
bool is_whole_call(const Fields::Item& item) {
  return item.type == "function_call" && (item.status.empty() || item.status == "completed");
}

simdjson::error_code read_response(json::value value, ResponseDone& out, Calls& calls) {
  out = {};
  calls.count = 0;
  const auto read_output = [&out, &calls](json::value each) {
    Fields::Item item;
    if (const auto error = read_item(each, item)) return error;
    if (!is_whole_call(item)) return simdjson::SUCCESS;
    if (calls.count < kMaxCalls) {
      calls.of[calls.count++] = call_of(item);
    } else {
      ++out.calls_dropped;
    }
    return simdjson::SUCCESS;
  };
  const auto read_details = [&out](json::raw_json_string key, json::value member) {
    if (key == "reason") out.reason = text_of(member);
    return key == "error" ? read_error(member, out.error) : simdjson::SUCCESS;
  };
  return for_each_member(value, [&](json::raw_json_string key, json::value member) {
    if (key == "id") out.response_id = text_of(member);
    if (key == "status") out.status = status_of(text_of(member));
    if (key == "status_details") return for_each_member(member, read_details);
    if (key == "output") return for_each_element(member, read_output);
    return key == "usage" ? read_usage(member, out.usage) : simdjson::SUCCESS;
  });
}

simdjson::error_code read_limits(json::value value, RateLimits& out) {
  out = {};
  return for_each_element(value, [&out](json::value each) {
    double remaining = 1, reset_s = 0;
    const auto error = for_each_member(each, [&](json::raw_json_string key, json::value member) {
      if (key == "remaining" && member.get_double().get(remaining)) remaining = 1;
      if (key == "reset_seconds" && member.get_double().get(reset_s)) reset_s = 0;
      return simdjson::SUCCESS;
    });
    if (remaining <= 0) out.wait_s = std::max(out.wait_s, reset_s);
    return error;
  });
}

simdjson::error_code read_top(json::raw_json_string key, json::value value, Fields& out, Calls& calls) {
  if (key == "type") out.type = text_of(value);
  if (key == "item_id") out.item_id = text_of(value);
  if (key == "previous_item_id") out.previous_item_id = text_of(value);
  if (key == "response_id") out.response_id = text_of(value);
  if (key == "delta") out.delta = text_of(value);
  if (key == "transcript") out.transcript = text_of(value);
  if (key == "text") out.text = text_of(value);
  if (key == "audio_start_ms") out.audio_start_ms = number_of(value);
  if (key == "audio_end_ms") out.audio_end_ms = number_of(value);
  if (key == "error") return read_error(value, out.error);
  if (key == "item") return read_item(value, out.item);
  if (key == "response") return read_response(value, out.response, calls);
  if (key == "rate_limits") return read_limits(value, out.limits);
  if (key == "usage") return read_transcription_usage(value, out.usage);
  if (key == "session") {
    return for_each_member(value, [&out](json::raw_json_string name, json::value member) {
      if (name == "id") out.session.id = text_of(member);
      return simdjson::SUCCESS;
    });
  }
  return simdjson::SUCCESS;
}

using Parsed = base::Result<ServerEvent, EventError>;

template <class Event>
Parsed event(Event made) {
  return ServerEvent(std::move(made));
}

/// Returns the event `made`, which is about an item; an error if the item's id is missing.
template <class Event>
Parsed event_of_item(const Fields& fields, Event made) {
  if (fields.item_id.empty()) return base::fail(EventError::MissingField);
  return ServerEvent(std::move(made));
}

Parsed audio_event(const Fields& fields, std::vector<std::uint8_t>& audio) {
  if (fields.item_id.empty()) return base::fail(EventError::MissingField);
  audio.resize(base::base64_decoded_size(fields.delta));
  if (!base::decode_base64(fields.delta, audio)) {
    audio.clear();
    return base::fail(EventError::BadAudio);
  }
  return ServerEvent(AudioDelta{fields.response_id, fields.item_id});
}

Parsed item_done_event(const Fields& fields) {
  if (fields.item.id.empty()) return base::fail(EventError::MissingField);
  OutputItemDone done{fields.response_id, fields.item.id, fields.item.status.empty() || fields.item.status == "completed", std::nullopt};
  if (is_whole_call(fields.item)) done.call = call_of(fields.item);
  return ServerEvent(done);
}

Parsed response_done_event(const Fields& fields, const Calls& calls) {
  ResponseDone done = fields.response;
  done.calls = std::span(calls.of).first(calls.count);
  return ServerEvent(done);
}

enum class Kind : std::uint8_t {
  SessionCreated, SessionUpdated, SpeechStarted, SpeechStopped, Committed, ItemAdded, Truncated, Deleted,
  UserDelta, UserCompleted, UserFailed, ResponseCreated, Audio, TranscriptDelta, TranscriptDone, TextDelta,
  ItemDone, ResponseDone, RateLimits, Error, Ignored,
};
struct Name {
  std::string_view type;
  Kind kind;
};
/// The GA names, each followed by the name of the beta. The most frequent events come first.
constexpr Name kNames[] = {
    {"response.output_audio.delta", Kind::Audio},
    {"response.audio.delta", Kind::Audio},
    {"response.output_audio_transcript.delta", Kind::TranscriptDelta},
    {"response.audio_transcript.delta", Kind::TranscriptDelta},
    {"response.output_audio_transcript.done", Kind::TranscriptDone},
    {"response.audio_transcript.done", Kind::TranscriptDone},
    {"response.output_text.delta", Kind::TextDelta},
    {"response.text.delta", Kind::TextDelta},
    {"response.created", Kind::ResponseCreated},
    {"response.done", Kind::ResponseDone},
    {"response.output_item.done", Kind::ItemDone},
    {"input_audio_buffer.committed", Kind::Committed},
    {"input_audio_buffer.speech_started", Kind::SpeechStarted},
    {"input_audio_buffer.speech_stopped", Kind::SpeechStopped},
    {"conversation.item.input_audio_transcription.delta", Kind::UserDelta},
    {"conversation.item.input_audio_transcription.completed", Kind::UserCompleted},
    {"conversation.item.input_audio_transcription.failed", Kind::UserFailed},
    {"conversation.item.added", Kind::ItemAdded},
    {"conversation.item.created", Kind::ItemAdded},
    {"conversation.item.truncated", Kind::Truncated},
    {"conversation.item.deleted", Kind::Deleted},
    {"session.created", Kind::SessionCreated},
    {"session.updated", Kind::SessionUpdated},
    {"rate_limits.updated", Kind::RateLimits},
    {"error", Kind::Error},
    {"response.output_item.added", Kind::Ignored},
    {"response.content_part.added", Kind::Ignored},
    {"response.content_part.done", Kind::Ignored},
    {"response.output_audio.done", Kind::Ignored},
    {"response.audio.done", Kind::Ignored},
    {"response.output_text.done", Kind::Ignored},
    {"response.text.done", Kind::Ignored},
    {"response.function_call_arguments.delta", Kind::Ignored},
    {"response.function_call_arguments.done", Kind::Ignored},
    {"conversation.item.done", Kind::Ignored},
    {"conversation.item.retrieved", Kind::Ignored},
    {"conversation.item.input_audio_transcription.segment", Kind::Ignored},
    {"conversation.created", Kind::Ignored},
    {"input_audio_buffer.cleared", Kind::Ignored},
    {"input_audio_buffer.timeout_triggered", Kind::Ignored},
};

Parsed make_event(const Fields& f, const Calls& calls, std::vector<std::uint8_t>& audio) {
  const auto* const name = std::find_if(std::begin(kNames), std::end(kNames), [&f](const Name& each) { return each.type == f.type; });
  if (name == std::end(kNames)) return event(Unknown{f.type});
  switch (name->kind) {
    case Kind::Audio: return audio_event(f, audio);
    case Kind::TranscriptDelta: return event_of_item(f, TranscriptDelta{f.response_id, f.item_id, cut_utf8(f.delta, kMaxText)});
    case Kind::TranscriptDone: return event_of_item(f, TranscriptDone{f.response_id, f.item_id, cut_utf8(f.transcript, kMaxText)});
    case Kind::TextDelta: return event_of_item(f, TextDelta{f.response_id, f.item_id, cut_utf8(f.delta, kMaxText)});
    case Kind::ResponseCreated: return event(ResponseCreated{f.response.response_id});
    case Kind::ResponseDone: return response_done_event(f, calls);
    case Kind::ItemDone: return item_done_event(f);
    case Kind::Committed: return event_of_item(f, InputCommitted{f.item_id, f.previous_item_id});
    case Kind::SpeechStarted: return event(SpeechStarted{f.item_id, f.audio_start_ms});
    case Kind::SpeechStopped: return event(SpeechStopped{f.item_id, f.audio_end_ms});
    case Kind::UserDelta: return event_of_item(f, UserTranscript{f.item_id, cut_utf8(f.delta, kMaxText), false});
    case Kind::UserCompleted: return event_of_item(f, UserTranscript{f.item_id, cut_utf8(f.transcript, kMaxText), true, f.usage});
    case Kind::UserFailed: return event_of_item(f, UserTranscriptFailed{f.item_id, f.error});
    case Kind::ItemAdded: return event(ItemAdded{f.item.id, f.item.role, f.item.type});
    case Kind::Truncated: return event_of_item(f, ItemTruncated{f.item_id});
    case Kind::Deleted: return event_of_item(f, ItemDeleted{f.item_id});
    case Kind::SessionCreated: return event(f.session);
    case Kind::SessionUpdated: return event(SessionUpdated{});
    case Kind::RateLimits: return event(f.limits);
    case Kind::Error: return event(ServerError{f.error});
    case Kind::Ignored: return event(Ignored{});
  }
  return base::fail(EventError::NoType);
}

/// Returns true if an id that Offhook stores or sends back is too long.
bool has_long_id(const Fields& f, const Calls& calls) {
  const auto is_long = [](std::string_view id) { return id.size() > kMaxId; };
  for (const auto id : {f.type, f.item_id, f.previous_item_id, f.response_id, f.session.id, f.item.id, f.item.call_id, f.item.name,
                        f.response.response_id, f.error.code, f.error.type, f.error.event_id, f.response.error.code, f.response.error.type}) {
    if (is_long(id)) return true;
  }
  return std::any_of(calls.of.begin(), calls.of.begin() + static_cast<std::ptrdiff_t>(calls.count), [&](const FunctionCall& call) {
    return is_long(call.item_id) || is_long(call.call_id) || is_long(call.name);
  });
}

}  // namespace

struct EventParser::Impl {
  json::parser parser;
  std::vector<char> padded;  // the frame, and the padding that the parser requires
  Calls calls;
};

EventParser::EventParser() : impl_(std::make_unique<Impl>()) {}
EventParser::~EventParser() = default;
EventParser::EventParser(EventParser&&) noexcept = default;
EventParser& EventParser::operator=(EventParser&&) noexcept = default;

Parsed EventParser::parse(std::string_view frame, std::vector<std::uint8_t>& audio) {
  audio.clear();
  if (frame.size() > kMaxFrame) return base::fail(EventError::TooLarge);
  if (impl_->padded.size() > kKeptFrame + simdjson::SIMDJSON_PADDING) impl_ = std::make_unique<Impl>();
  impl_->calls.count = 0;
  auto& padded = impl_->padded;
  if (padded.size() < frame.size() + simdjson::SIMDJSON_PADDING) padded.resize(frame.size() + simdjson::SIMDJSON_PADDING);
  if (!frame.empty()) std::memcpy(padded.data(), frame.data(), frame.size());
  std::fill_n(padded.begin() + static_cast<std::ptrdiff_t>(frame.size()), simdjson::SIMDJSON_PADDING, ' ');

  json::document document;
  if (impl_->parser.iterate(padded.data(), frame.size(), padded.size()).get(document)) return base::fail(EventError::NotJson);
  json::object object;
  if (const auto error = document.get_object().get(object)) {
    return base::fail(error == simdjson::INCORRECT_TYPE ? EventError::NotAnObject : EventError::NotJson);
  }
  Fields fields;
  const auto error = for_each_member(object, [&](json::raw_json_string key, json::value value) {
    return read_top(key, value, fields, impl_->calls);
  });
  if (error || document.current_location().error() != simdjson::OUT_OF_BOUNDS) return base::fail(EventError::NotJson);  // Or text follows the JSON.
  if (fields.type.empty()) return base::fail(EventError::NoType);
  if (has_long_id(fields, impl_->calls)) return base::fail(EventError::TooLong);
  return make_event(fields, impl_->calls, audio);
}

std::string_view to_string(EventError error) {
  switch (error) {
    case EventError::TooLarge: return "the frame is too large";
    case EventError::NotJson: return "the frame is not JSON";
    case EventError::NotAnObject: return "the frame is not a JSON object";
    case EventError::NoType: return "the event has no type";
    case EventError::MissingField: return "the event lacks a required field";
    case EventError::TooLong: return "an id is too long";
    case EventError::BadAudio: return "the audio is not base64";
  }
  return "";
}

}  // namespace offhook::inline v0::agent::openai::realtime
