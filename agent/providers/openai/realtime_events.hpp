#pragma once

#include <offhook/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

/// The events of an OpenAI Realtime server: one JSON object in each text frame. The types have the names of the GA interface. The beta's names are
/// accepted too, because compatible servers still send them. All views borrow from the parser until its next parse().
namespace offhook::inline v0::agent::openai::realtime {

inline constexpr std::size_t kMaxFrame = 1U << 20U;       ///< longest frame, in octets; a second of 24 kHz audio has 64,000
inline constexpr std::size_t kMaxId = 128;                ///< longest id of an item, a response, a call or an event, and longest name of a function
inline constexpr std::size_t kMaxArguments = 64U << 10U;  ///< longest arguments of one function call, in octets; longer arguments become ""
inline constexpr std::size_t kMaxText = 64U << 10U;       ///< longest transcript, or piece of a transcript, in octets; the rest is cut off
inline constexpr double kMaxAudioSeconds = 1e6;           ///< longest audio of one transcript; a greater value counts as 0
inline constexpr std::size_t kMaxCalls = 16;              ///< most function calls in one response; further function calls are ignored

/// The names of an error. The sentence in the event is not kept, because it may quote the caller, or a key.
struct ErrorInfo {
  std::string_view type, code;
  std::string_view event_id;  ///< the event of Offhook that caused the error; "" if the server does not say
  std::string_view param;     ///< the wrong member of that event, such as session.audio.output.voice; "" if the server does not say
};

struct SessionCreated { std::string_view id; };
struct SessionUpdated {};
struct SpeechStarted { std::string_view item_id; std::uint64_t audio_start_ms = 0; };
struct SpeechStopped { std::string_view item_id; std::uint64_t audio_end_ms = 0; };
/// The caller's audio has become an item.
struct InputCommitted { std::string_view item_id, previous_item_id; };
/// An item has been added to the conversation, by Offhook, the caller or the model.
struct ItemAdded { std::string_view item_id, role, type; };
struct ItemTruncated { std::string_view item_id; };
struct ItemDeleted { std::string_view item_id; };
/// The use that the transcribing model charges. Some models count tokens, others seconds.
struct TranscriptionUsage { std::uint64_t input_tokens = 0, input_audio_tokens = 0, output_tokens = 0; double seconds = 0; };
/// The transcript of an item of the caller, by the transcribing model. If `final` is false, `text` is only a piece.
struct UserTranscript { std::string_view item_id, text; bool final = false; TranscriptionUsage usage{}; };
struct UserTranscriptFailed { std::string_view item_id; ErrorInfo error; };

struct ResponseCreated { std::string_view response_id; };
struct AudioDelta { std::string_view response_id, item_id; };        ///< the octets are in the buffer `audio` of parse()
struct TranscriptDelta { std::string_view response_id, item_id, text; };
struct TranscriptDone { std::string_view response_id, item_id, text; };
struct TextDelta { std::string_view response_id, item_id, text; };   ///< a written reply, which is not spoken
struct FunctionCall { std::string_view item_id, call_id, name, arguments; };
/// An item of the model is complete, or was broken off (`completed` false). `call` is set if the item is a function call.
struct OutputItemDone { std::string_view response_id, item_id; bool completed = false; std::optional<FunctionCall> call; };

struct Usage { std::uint64_t input_tokens = 0, input_audio_tokens = 0, cached_tokens = 0, output_tokens = 0, output_audio_tokens = 0; };
struct ResponseDone {
  enum class Status : std::uint8_t { Completed, Cancelled, Failed, Incomplete, Unknown };
  std::string_view response_id;
  Status status = Status::Unknown;
  std::string_view reason;               ///< turn_detected, client_cancelled, max_output_tokens, content_filter
  ErrorInfo error;                       ///< set if the response failed
  std::span<const FunctionCall> calls;   ///< complete calls only
  std::size_t calls_dropped = 0;         ///< calls beyond kMaxCalls
  Usage usage;
};
/// `wait_s`: time until the exhausted limits are reset, in seconds; 0 if no limit is exhausted.
struct RateLimits { double wait_s = 0; };
struct ServerError { ErrorInfo error; };
/// A known event that needs no action.
struct Ignored {};
struct Unknown { std::string_view type; };

using ServerEvent = std::variant<SessionCreated, SessionUpdated, SpeechStarted, SpeechStopped, InputCommitted, ItemAdded, ItemTruncated,
                                 ItemDeleted, UserTranscript, UserTranscriptFailed, ResponseCreated, AudioDelta, TranscriptDelta,
                                 TranscriptDone, TextDelta, OutputItemDone, ResponseDone, RateLimits, ServerError, Ignored, Unknown>;

enum class EventError : std::uint8_t {
  TooLarge,      ///< larger than kMaxFrame
  NotJson,       ///< not JSON, or not UTF-8
  NotAnObject,
  NoType,        ///< the event cannot be identified
  MissingField,  ///< a required member is missing
  TooLong,       ///< an id is longer than kMaxId
  BadAudio,      ///< the audio is not base64
};
[[nodiscard]] std::string_view to_string(EventError error);

/// Parses frames in one pass, in any order of their members, without a tree. Keeps the memory that usual frames need, and frees the memory of large
/// frames.
class EventParser {
 public:
  EventParser();
  ~EventParser();
  EventParser(EventParser&&) noexcept;
  EventParser& operator=(EventParser&&) noexcept;

  /// Parses `frame`. Replaces the content of `audio` by the octets of an AudioDelta; for another event, makes it empty.
  [[nodiscard]] base::Result<ServerEvent, EventError> parse(std::string_view frame, std::vector<std::uint8_t>& audio);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::agent::openai::realtime
