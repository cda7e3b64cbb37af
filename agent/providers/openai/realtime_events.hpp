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

/// What an OpenAI Realtime server says: one JSON object per text frame. The GA names are meant; the beta's names of the same things
/// are taken too, because compatible servers still send them. All views borrow from the parser, until it parses again.
namespace offhook::inline v0::agent::openai::realtime {

inline constexpr std::size_t kMaxFrame = 1U << 20U;       ///< octets of a frame; a second of 24 kHz audio is 64,000
inline constexpr std::size_t kMaxId = 128;                ///< of an item, a response, a call, an event, a function's name
inline constexpr std::size_t kMaxArguments = 64U << 10U;  ///< of one function call; longer ones are given on as none
inline constexpr std::size_t kMaxText = 64U << 10U;       ///< of one transcript, or a piece of it; the rest is cut off
inline constexpr double kMaxAudioSeconds = 1e6;           ///< of one transcript's audio; a usage beyond is not believed
inline constexpr std::size_t kMaxCalls = 16;              ///< function calls in one response; those beyond are not done

/// Names only: the sentence that comes with them may quote what was said, or a key.
struct ErrorInfo {
  std::string_view type, code;
  std::string_view event_id;  ///< of our event that it is about; "" when the server does not say
  std::string_view param;     ///< the member of it that is wrong, such as session.audio.output.voice; the same
};

struct SessionCreated { std::string_view id; };
struct SessionUpdated {};
struct SpeechStarted { std::string_view item_id; std::uint64_t audio_start_ms = 0; };
struct SpeechStopped { std::string_view item_id; std::uint64_t audio_end_ms = 0; };
/// The caller's audio became an item.
struct InputCommitted { std::string_view item_id, previous_item_id; };
/// An item is in the conversation: ours, the caller's, or the model's.
struct ItemAdded { std::string_view item_id, role, type; };
struct ItemTruncated { std::string_view item_id; };
struct ItemDeleted { std::string_view item_id; };
/// What the model that transcribes is charged for. Some models count tokens, others seconds.
struct TranscriptionUsage { std::uint64_t input_tokens = 0, input_audio_tokens = 0, output_tokens = 0; double seconds = 0; };
/// What another model understood of the caller's item; `final`: all of it, else a piece.
struct UserTranscript { std::string_view item_id, text; bool final = false; TranscriptionUsage usage{}; };
struct UserTranscriptFailed { std::string_view item_id; ErrorInfo error; };

struct ResponseCreated { std::string_view response_id; };
struct AudioDelta { std::string_view response_id, item_id; };        ///< the octets are in the buffer given to parse()
struct TranscriptDelta { std::string_view response_id, item_id, text; };
struct TranscriptDone { std::string_view response_id, item_id, text; };
struct TextDelta { std::string_view response_id, item_id, text; };   ///< of a reply that is written, not spoken
struct FunctionCall { std::string_view item_id, call_id, name, arguments; };
/// An item of the model's is whole, or was broken off. `call` is there when it is a function call.
struct OutputItemDone { std::string_view response_id, item_id; bool completed = false; std::optional<FunctionCall> call; };

struct Usage { std::uint64_t input_tokens = 0, input_audio_tokens = 0, cached_tokens = 0, output_tokens = 0, output_audio_tokens = 0; };
struct ResponseDone {
  enum class Status : std::uint8_t { Completed, Cancelled, Failed, Incomplete, Unknown };
  std::string_view response_id;
  Status status = Status::Unknown;
  std::string_view reason;               ///< turn_detected, client_cancelled, max_output_tokens, content_filter
  ErrorInfo error;                       ///< of a failed one
  std::span<const FunctionCall> calls;   ///< those that are whole
  std::size_t calls_dropped = 0;         ///< beyond kMaxCalls
  Usage usage;
};
/// `wait_s`: until the exhausted of the limits is reset; 0 when none is.
struct RateLimits { double wait_s = 0; };
struct ServerError { ErrorInfo error; };
/// Known, and of no use to us.
struct Ignored {};
struct Unknown { std::string_view type; };

using ServerEvent = std::variant<SessionCreated, SessionUpdated, SpeechStarted, SpeechStopped, InputCommitted, ItemAdded, ItemTruncated,
                                 ItemDeleted, UserTranscript, UserTranscriptFailed, ResponseCreated, AudioDelta, TranscriptDelta,
                                 TranscriptDone, TextDelta, OutputItemDone, ResponseDone, RateLimits, ServerError, Ignored, Unknown>;

enum class EventError : std::uint8_t {
  TooLarge,      ///< over kMaxFrame
  NotJson,       ///< nor UTF-8, perhaps
  NotAnObject,
  NoType,        ///< which event it is cannot be told
  MissingField,  ///< one without which the event means nothing
  TooLong,       ///< an id over kMaxId
  BadAudio,      ///< no base64
};
[[nodiscard]] std::string_view to_string(EventError error);

/// Parses frames in one pass, whatever the order of their fields, without a tree of them. It keeps the memory that usual frames
/// need and gives that of large ones back.
class EventParser {
 public:
  EventParser();
  ~EventParser();
  EventParser(EventParser&&) noexcept;
  EventParser& operator=(EventParser&&) noexcept;

  /// `audio` is overwritten with what an AudioDelta holds; of other events it is empty.
  [[nodiscard]] base::Result<ServerEvent, EventError> parse(std::string_view frame, std::vector<std::uint8_t>& audio);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::agent::openai::realtime
