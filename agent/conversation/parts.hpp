#pragma once

#include <offhook/agent/conversation/retries.hpp>
#include <offhook/agent/conversation/stage.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// The interfaces of the three parts of a conversation: listener, thinker and speaker. The embedded parts and each AI provider implement
/// them; agent/conversation uses nothing else of a provider.
///
/// The conversation thread of the telephone call invokes all functions; no function blocks or throws. The work runs elsewhere, and the
/// conversation thread reads the results with poll() until poll() returns nothing. A part may call `wake`, a constructor argument, from any
/// thread when poll() has a result. The destructor of a part abandons its work without waiting for it.
namespace offhook::inline v0::agent {

using Wake = std::function<void()>;

struct SessionContext;  // agent/conversation/voice_session
struct ToolOutcome;     // agent/conversation/tool

/// The reason of a part's failure, for circuit breakers and for the choice of another provider.
enum class FailureKind : std::uint8_t {
  Local,        ///< Offhook's own failure: no memory, a full pool, a text that cannot be spoken
  Auth,         ///< the service refuses the key or the account, until the operator acts
  RateLimited,  ///< too many requests; later requests succeed
  Overloaded,   ///< a failure inside the server
  Network,      ///< no connection, or a broken connection
  Protocol,     ///< an answer that cannot be parsed, or a request that was refused as malformed
  Empty,        ///< an answer without content
  Timeout,      ///< no answer in time
  Loading,      ///< the model is loading; it answers afterwards
  Filtered,     ///< the provider's content filter refused this input: the provider works, and another attempt does not help
};
[[nodiscard]] std::string_view to_string(FailureKind kind);

/// The model and the voice in the requests to a service, for the record. "": the service offers no choice of the model or of the voice.
struct ModelAndVoice { std::string model, voice; };

/// For the record: another provider does this stage from now on. `asked` is the model and voice of the new provider.
struct ProviderSwitched {
  Stage stage{};
  std::string from, to, why;
  ModelAndVoice asked{};
};
/// For the record: a request to a service failed, and the part continues by itself. `service` is for example "NAME/think"; the part leaves it
/// empty, and the session that knows the name sets it.
struct ServiceRetried { Stage stage{}; std::string service; Retry retry; };

/// The interface by which each part of a conversation names its service and its retries.
class ConversationPart {
 public:
  virtual ~ConversationPart() = default;
  [[nodiscard]] virtual ModelAndVoice asked() const { return {}; }
  /// Returns the retries since the previous invocation.
  [[nodiscard]] virtual std::vector<Retry> take_retries() { return {}; }
};

// --- listen: the caller's audio to text ------------------------------------------------------------------------------------

struct Transcript {
  std::uint32_t turn = 0;    ///< the number that begin() got
  bool final = false;
  std::string text;          ///< lower case words; "" when nothing was understood
  double confidence = 0;     ///< 0..1; below the part's own threshold, `rejected` is set
  bool rejected = false;
};
struct ListenFailed { std::uint32_t turn = 0; std::string why; FailureKind kind = FailureKind::Local; };
using ListenEvent = std::variant<Transcript, ListenFailed>;

class Listener : public ConversationPart {
 public:
  /// Called once, before all other functions. Opens connections, so that the caller does not wait for them later.
  virtual void open(const SessionContext&) {}
  /// Called about every 10 ms, before poll(), for work that depends on time.
  virtual void tick(base::TimePoint) {}
  /// Returns the sample rate for feed(), in Hz.
  [[nodiscard]] virtual std::uint32_t rate_hz() const = 0;
  /// A turn of the caller begins. `expect` names the words that are likely: a state of the dialogue, "" for any words.
  virtual void begin(std::uint32_t turn, std::string_view expect) = 0;
  virtual void feed(std::span<const std::int16_t> pcm) = 0;
  /// The turn is over: its final Transcript follows.
  virtual void end() = 0;
  /// Forgets the turn; no event about it follows.
  virtual void abandon() = 0;
  [[nodiscard]] virtual std::optional<ListenEvent> poll() = 0;
};

// --- think: what to reply --------------------------------------------------------------------------------------------------

struct CallContext {
  std::string call_id;             ///< Offhook's own id, as in the call's record
  std::string caller, caller_display, called;
  std::string started_at;          ///< RFC 3339
};

struct TurnInput {
  enum class Kind : std::uint8_t { Opening, Speech, Digits, Silence, Failure, ToolResult, Back, OtherCaller };
  std::uint32_t turn = 0;
  Kind kind = Kind::Speech;
  std::string text;            ///< Speech: the transcript. Digits: the digits. Failure: the failed operation, such as kTransferFailed. Opening: "", or
                               ///< kMachineAnswered. ToolResult: names of tools whose results came after the caller had interrupted the replies that called
                               ///< them. Back, after a hold by either side: "". OtherCaller: name and number of the person who is on the line now, in the form
                               ///< for a prompt
  double confidence = 1;
  bool rejected = false;       ///< Speech: the caller spoke, but was not understood well enough
  std::uint32_t supersedes = 0;  ///< not 0: the turn whose input is the beginning of this input; the caller heard nothing of the reply to that turn
  std::string said{};          ///< not empty: the part of the reply that was spoken when a provider failed; the new reply continues after it
};

/// Returns a note for a language model that another person is on the line. `who` is TurnInput::text of an OtherCaller.
[[nodiscard]] std::string other_caller_note(std::string_view who);

/// The transfer that the thinker requested reached no person. The thinker tells the caller, and continues.
inline constexpr std::string_view kTransferFailed = "transfer";

/// A machine answered an outgoing call. A person may hear the message later, and the agent gets no reply.
inline constexpr std::string_view kMachineAnswered = "machine";
/// The note for a language model that a machine answered.
inline constexpr std::string_view kMachineAnsweredNote =
    "An answering machine took the call: it records what you say now. Leave a short message for whoever hears it later.";

/// A piece of the reply, at least a clause, so that it can be spoken at once. `voiced`: the model speaks the piece itself; its audio
/// follows under the utterance number of speak(), and its text follows as the words of that audio.
struct ReplyText { std::uint32_t turn = 0; std::string text; bool voiced = false; };
/// An operation that the model requests. `what` is one of the built-in tools. `argument` is the number or address of a transfer, the keys to
/// send (0-9*#A-D, and ',' for a pause of half a second), the longest time of a hold in seconds, or the text of a note. The operation follows
/// when the caller has heard all earlier words of this reply.
struct ReplyAction {
  enum class What : std::uint8_t { HangUp, Transfer, Hold, SendDigits, Escalate, Note };
  std::uint32_t turn = 0;
  What what{};
  std::string argument;
};
/// A language model calls a tool; ToolOutcome (agent/conversation/tool) is the answer. The model may speak meanwhile.
struct ToolCall { std::uint32_t turn = 0; std::string call_id, name, arguments; };
/// Tells the conversation how to listen next: `expect` goes to Listener::begin(). If `digits` is over 0, the conversation gathers that many
/// keys ('#' ends early).
struct ReplyExpects { std::uint32_t turn = 0; std::string expect; std::uint32_t digits = 0; };
/// For the record: the caller's intent, as understood.
struct ReplyIntent { std::uint32_t turn = 0; std::string name; double score = 0; };
struct ReplyDone { std::uint32_t turn = 0; };
/// The model still works on the next piece of the reply: it is slow, and has not stalled.
struct ReplyGrows { std::uint32_t turn = 0; };
/// The model is loading, which may take a minute. The request stays open; another provider may answer it sooner. `service` is for example
/// "NAME/think"; the part leaves it empty, and the session that knows the name sets it.
struct ModelLoads { std::uint32_t turn = 0; std::string why; std::string service{}; };
struct ThinkFailed { std::uint32_t turn = 0; std::string why; FailureKind kind = FailureKind::Local; };
/// For the record: the tokens of an answer, as its provider counts them. `cached_input` and `audio_input` are part of `input`,
/// `audio_output` is part of `output`. It may come after ReplyDone. Most providers report nothing for a cancelled answer.
struct TokensUsed {
  std::uint32_t turn = 0;  ///< 0: the turn is unknown
  std::string service;  ///< for example "NAME/think"; filled in by the session that knows the name
  std::uint64_t input = 0, cached_input = 0, audio_input = 0, output = 0, audio_output = 0;
};
using ThinkEvent = std::variant<ReplyText, ReplyAction, ToolCall, ReplyExpects, ReplyIntent, ReplyDone, ReplyGrows, ModelLoads, ThinkFailed, TokensUsed>;

/// The part of a reply that the caller has heard: its text, and the exact length of the utterance that was cut off.
struct HeardReply {
  std::uint32_t turn = 0;
  std::string text;
  bool interrupted = false;
  std::uint32_t utterance = 0;    ///< the utterance that was cut off; 0: no utterance was cut off
  base::Duration of_utterance{};  ///< length of that utterance's audio that was sent as RTP, counted in samples
};

class Thinker : public ConversationPart {
 public:
  /// Called once, before all other functions, with the facts about the call for a language model. The history and the tools in `context` stay
  /// valid as long as the call. The default only calls begin(), for a thinker that needs neither history nor tools.
  virtual void open(const SessionContext& context);
  virtual void begin(const CallContext& context) = 0;
  /// Called about every 10 ms, before poll(), for work that depends on time.
  virtual void tick(base::TimePoint) {}
  /// Answers a turn. Exactly one of ReplyDone and ThinkFailed ends the answer; no event of a cancelled turn follows.
  virtual void respond(const TurnInput& input) = 0;
  /// Takes the outcome of each ToolCall; the reply continues after the last outcome.
  virtual void on_tool(const ToolOutcome&) {}
  virtual void cancel(std::uint32_t turn) = 0;
  /// Takes the text of the reply to `turn` that the caller really heard: all of it, or the part before an interruption.
  virtual void on_heard(std::uint32_t turn, std::string_view text, bool interrupted) = 0;
  [[nodiscard]] virtual std::optional<ThinkEvent> poll() = 0;
};

// --- speak: text to audio --------------------------------------------------------------------------------------------------

struct SpokenWord { std::string text; std::uint32_t first_sample = 0; };  ///< `first_sample` counts from the utterance's first sample
/// `rate_hz` 0 is the speaker's own rate. Words may come before their audio, never after it.
struct SpeechAudio { std::uint32_t utterance = 0; std::vector<std::int16_t> pcm; std::vector<SpokenWord> words; std::uint32_t rate_hz = 0; };
struct SpeechDone { std::uint32_t utterance = 0; };
struct SpeakFailed { std::uint32_t utterance = 0; std::string why; FailureKind kind = FailureKind::Local; };
using SpeakEvent = std::variant<SpeechAudio, SpeechDone, SpeakFailed>;

class Speaker : public ConversationPart {
 public:
  /// Called once, before all other functions. Opens connections, so that the caller does not wait for them later.
  virtual void open(const SessionContext&) {}
  /// Called about every 10 ms, before poll(), for work that depends on time.
  virtual void tick(base::TimePoint) {}
  /// Returns the sample rate of SpeechAudio, in Hz.
  [[nodiscard]] virtual std::uint32_t rate_hz() const = 0;
  /// Speaks a text. Audio comes in the order of the requests; each utterance ends in SpeechDone or SpeakFailed, unless it is cancelled.
  virtual void speak(std::uint32_t utterance, std::string_view text) = 0;
  /// The conversation will request `text` soon. A speaker that can store audio makes the audio now, so that speak() returns it at once.
  virtual void prepare(std::string_view text) { (void)text; }
  virtual void cancel() = 0;  ///< cancels all requests so far
  [[nodiscard]] virtual std::optional<SpeakEvent> poll() = 0;
  /// Returns true while the speaker makes audio that speak() has not requested yet.
  [[nodiscard]] virtual bool is_preparing() const { return false; }
};

}  // namespace offhook::inline v0::agent
