#pragma once

#include <offhook/agent/conversation/retries.hpp>
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

/// The three parts that a conversation is made of: who listens, who thinks, who speaks. The embedded ones and each AI provider
/// fill these faces; agent/conversation knows nothing else of them.
///
/// All calls come from the call's conversation thread, never block and never throw. Work happens elsewhere; what it yields is
/// pulled with poll(), until empty, on that thread. `wake`, given at construction, may be called from any thread when poll()
/// has something. Destroying a part abandons its work without waiting for it.
namespace offhook::inline v0::agent {

using Wake = std::function<void()>;

struct SessionContext;  // agent/conversation/voice_session
struct ToolOutcome;     // agent/conversation/tool

/// Why a part failed, as far as a circuit breaker and the choice of another provider go by it.
enum class FailureKind : std::uint8_t {
  Local,        ///< of our own making: no memory, a full pool, a text that cannot be spoken
  Auth,         ///< the key or the account: it stays so until somebody acts
  RateLimited,  ///< too much asked for: later it goes again
  Overloaded,   ///< the server's own trouble
  Network,      ///< no connection, or one that broke
  Protocol,     ///< an answer that cannot be understood, or a request that was refused as wrong
  Empty,        ///< an answer with nothing in it
  Timeout,      ///< none in time
  Loading,      ///< the model is being loaded: it answers when that is done
  Filtered,     ///< the provider's content filter refuses this input: it says nothing of the provider, and asking again does not help
};
[[nodiscard]] std::string_view to_string(FailureKind kind);

/// A stage of a turn, as far as the conversation watches it.
enum class Stage : std::uint8_t { Listen, Think, Speak };
[[nodiscard]] std::string_view to_string(Stage stage);

/// The model and the voice that a service is asked for, for the record. "": there is none to choose.
struct ModelAndVoice { std::string model, voice; };

/// For the record: another provider does this stage from now on. `asked`: of the other provider.
struct ProviderSwitched {
  Stage stage{};
  std::string from, to, why;
  ModelAndVoice asked{};
};
/// For the record: a service failed, and goes on by itself. `service`: "openai/think"; filled in by the session that knows the name.
struct ServiceRetried { Stage stage{}; std::string service; Retry retry; };

/// The interface by which each part of a conversation names its service and its retries.
class ConversationPart {
 public:
  virtual ~ConversationPart() = default;
  [[nodiscard]] virtual ModelAndVoice asked() const { return {}; }
  /// Returns the retries since the last call.
  [[nodiscard]] virtual std::vector<Retry> take_retries() { return {}; }
};

// --- listen: the caller's audio to text ------------------------------------------------------------------------------------

struct Transcript {
  std::uint32_t turn = 0;    ///< as given to begin()
  bool final = false;
  std::string text;          ///< lower case words; "" when nothing was understood
  double confidence = 0;     ///< 0..1; below the part's own threshold `rejected` is set
  bool rejected = false;
};
struct ListenFailed { std::uint32_t turn = 0; std::string why; FailureKind kind = FailureKind::Local; };
using ListenEvent = std::variant<Transcript, ListenFailed>;

class Listener : public ConversationPart {
 public:
  /// Once, before anything else: connections are opened now, so that the caller does not wait for them later.
  virtual void open(const SessionContext&) {}
  /// Every 10 ms or so, before poll(): for what waits for a time.
  virtual void tick(base::TimePoint) {}
  /// The rate that feed() wants, Hz.
  [[nodiscard]] virtual std::uint32_t rate_hz() const = 0;
  /// A turn of the caller begins. `expect` names what is likely to be said: a state of the dialogue, "" for anything.
  virtual void begin(std::uint32_t turn, std::string_view expect) = 0;
  virtual void feed(std::span<const std::int16_t> pcm) = 0;
  /// The turn is over: its final Transcript follows.
  virtual void end() = 0;
  /// Forget the turn; nothing more is said of it.
  virtual void abandon() = 0;
  [[nodiscard]] virtual std::optional<ListenEvent> poll() = 0;
};

// --- think: what to reply --------------------------------------------------------------------------------------------------

struct CallContext {
  std::string call_id;             ///< ours, as in the call's record
  std::string caller, caller_display, called;
  std::string started_at;          ///< RFC 3339
};

struct TurnInput {
  enum class Kind : std::uint8_t { Opening, Speech, Digits, Silence, Failure, ToolResult, Back, OtherCaller };
  std::uint32_t turn = 0;
  Kind kind = Kind::Speech;
  std::string text;            ///< Speech: the transcript; Digits: the digits; Failure: what failed, such as kTransferFailed; Opening:
                               ///< "", or kMachineAnswered; ToolResult: the names of the tools whose results came after the caller had cut
                               ///< off the replies that called them; Back: "": the caller was on hold, or had put us there, and is back;
                               ///< OtherCaller: the name and number of the person who is on the line now, as they may stand in a prompt
  double confidence = 1;
  bool rejected = false;       ///< Speech: heard, but not understood well enough
  std::uint32_t supersedes = 0;  ///< not 0: the turn whose input is the beginning of this one; the caller heard nothing of its reply
  std::string said{};          ///< not empty: so much of the reply was given out when a provider failed; go on from there
};

/// Another person is on the line, in words for a language model. `who`: TurnInput::text of an OtherCaller.
[[nodiscard]] std::string other_caller_note(std::string_view who);

/// The thinker asked for a transfer, and nobody was reached: say so, and go on with the caller.
inline constexpr std::string_view kTransferFailed = "transfer";

/// A machine took our call: what is said now is heard by whoever listens to it later, and nobody replies.
inline constexpr std::string_view kMachineAnswered = "machine";
/// The same in words for a language model.
inline constexpr std::string_view kMachineAnsweredNote =
    "An answering machine took the call: it records what you say now. Leave a short message for whoever hears it later.";

/// A piece of the reply, at least a clause: it can be spoken at once. `voiced`: by a model that speaks itself; its audio follows
/// under the utterance number that speak() gives it, its text as the words of that audio.
struct ReplyText { std::uint32_t turn = 0; std::string text; bool voiced = false; };
/// What the model wants done. `what` is one of the built-in tools; `argument` is a number or an address to transfer to, keys to
/// send (0-9*#A-D, and ',' for a pause of half a second), the seconds that a hold lasts at most, or the text of a note.
struct ReplyAction {
  enum class What : std::uint8_t { HangUp, Transfer, Hold, SendDigits, Escalate, Note };
  std::uint32_t turn = 0;
  What what{};
  std::string argument;        ///< done when everything said before it in this reply has been heard
};
/// A language model calls a function; ToolOutcome (agent/conversation/tool) answers it. Speech goes on meanwhile.
struct ToolCall { std::uint32_t turn = 0; std::string call_id, name, arguments; };
/// How to listen next: `expect` goes to Listener::begin; `digits` more than 0 gathers that many keys ('#' ends early).
struct ReplyExpects { std::uint32_t turn = 0; std::string expect; std::uint32_t digits = 0; };
/// For the record: what the caller was understood to want.
struct ReplyIntent { std::uint32_t turn = 0; std::string name; double score = 0; };
struct ReplyDone { std::uint32_t turn = 0; };
/// The model is at work on the next piece of the reply: it takes its time, and has not stalled.
struct ReplyGrows { std::uint32_t turn = 0; };
/// The model is being loaded, which may take a minute. The question stands; another provider may answer it sooner. `service`: "ollama/think",
/// filled in by the session that knows the name.
struct ModelLoads { std::uint32_t turn = 0; std::string why; std::string service{}; };
struct ThinkFailed { std::uint32_t turn = 0; std::string why; FailureKind kind = FailureKind::Local; };
/// For the record: what an answer took, as its provider counts it. `cached_input` and `audio_input` are part of `input`, `audio_output` of
/// `output`. It comes when it is told, behind ReplyDone too; of what was broken off most providers tell nothing.
struct TokensUsed {
  std::uint32_t turn = 0;  ///< 0: not known of which
  std::string service;  ///< "openai/think": who counts, filled in by whoever knows the name
  std::uint64_t input = 0, cached_input = 0, audio_input = 0, output = 0, audio_output = 0;
};
using ThinkEvent = std::variant<ReplyText, ReplyAction, ToolCall, ReplyExpects, ReplyIntent, ReplyDone, ReplyGrows, ModelLoads, ThinkFailed, TokensUsed>;

/// How much of a reply the caller has heard: its text, and of the utterance that was cut off the very length.
struct HeardReply {
  std::uint32_t turn = 0;
  std::string text;
  bool interrupted = false;
  std::uint32_t utterance = 0;    ///< the one that was cut off; 0: none was
  base::Duration of_utterance{};  ///< of its audio, counted in samples that left as RTP
};

class Thinker : public ConversationPart {
 public:
  /// Once, before anything else, with all that a language model is told of its call; the history and the tools in it stay as
  /// long as the call. One that needs none of them fills begin() alone, which this calls.
  virtual void open(const SessionContext& context);
  virtual void begin(const CallContext& context) = 0;
  /// Every 10 ms or so, before poll(): for what waits for a time.
  virtual void tick(base::TimePoint) {}
  /// Exactly one of ReplyDone and ThinkFailed ends the answer to a turn; nothing follows a cancelled one.
  virtual void respond(const TurnInput& input) = 0;
  /// To each ToolCall; the reply goes on after the last of them.
  virtual void on_tool(const ToolOutcome&) {}
  virtual void cancel(std::uint32_t turn) = 0;
  /// What the caller really heard of the reply to `turn` (all of it, or up to where they interrupted).
  virtual void on_heard(std::uint32_t turn, std::string_view text, bool interrupted) = 0;
  [[nodiscard]] virtual std::optional<ThinkEvent> poll() = 0;
};

// --- speak: text to audio --------------------------------------------------------------------------------------------------

struct SpokenWord { std::string text; std::uint32_t first_sample = 0; };  ///< counted from the utterance's first sample
/// `rate_hz` 0: the speaker's own. Words may come before the audio that they are in, never after it.
struct SpeechAudio { std::uint32_t utterance = 0; std::vector<std::int16_t> pcm; std::vector<SpokenWord> words; std::uint32_t rate_hz = 0; };
struct SpeechDone { std::uint32_t utterance = 0; };
struct SpeakFailed { std::uint32_t utterance = 0; std::string why; FailureKind kind = FailureKind::Local; };
using SpeakEvent = std::variant<SpeechAudio, SpeechDone, SpeakFailed>;

class Speaker : public ConversationPart {
 public:
  /// Once, before anything else: connections are opened now, so that the caller does not wait for them later.
  virtual void open(const SessionContext&) {}
  /// Every 10 ms or so, before poll(): for what waits for a time.
  virtual void tick(base::TimePoint) {}
  /// The rate of SpeechAudio, Hz.
  [[nodiscard]] virtual std::uint32_t rate_hz() const = 0;
  /// Audio of utterances comes in the order of these calls; each ends in SpeechDone or SpeakFailed, unless cancelled.
  virtual void speak(std::uint32_t utterance, std::string_view text) = 0;
  /// `text` will be asked for soon. A speaker that can keep it speaks it ahead, so that speak() has its sound at once.
  virtual void prepare(std::string_view text) { (void)text; }
  virtual void cancel() = 0;  ///< all that was asked for so far
  [[nodiscard]] virtual std::optional<SpeakEvent> poll() = 0;
  /// Speaks what nobody waits for yet.
  [[nodiscard]] virtual bool is_preparing() const { return false; }
};

}  // namespace offhook::inline v0::agent
