#pragma once

#include <offhook/agent/conversation/history.hpp>
#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/conversation/tool.hpp>
#include <offhook/base/time.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace offhook::inline v0::agent {

/// The facts about its call that a session gets. The references stay valid as long as the call.
struct SessionContext {
  CallContext call;
  std::string prompt;                        ///< persona and rules, with the values of the variables
  std::string language;                      ///< BCP 47, such as "en" or "pt-BR"; "": the session detects the caller's language, and follows it
  const History* history = nullptr;          ///< the words and events of the call until now, including those before this session took over
  const std::vector<ToolDescription>* tools = nullptr;
  TurnRetries* retries = nullptr;            ///< the turn's budget of attempts; null: no limit
};

/// The session took the audio of the caller's turn, so the conversation waits for no transcript. A session that detects the end of a turn
/// itself may send TurnTaken before end_turn(). A Transcript of the turn may follow late, for the record.
struct TurnTaken { std::uint32_t turn = 0; };
using SessionEvent = std::variant<Transcript, TurnTaken, ListenFailed, ReplyText, ReplyAction, ToolCall, ReplyExpects, ReplyIntent, ReplyDone, ReplyGrows,
                                  ModelLoads, ThinkFailed, SpeechAudio, SpeechDone, SpeakFailed, ProviderSwitched, ServiceRetried, TokensUsed>;

/// The service that holds a conversation, for the record. In a cascade, each name consists of the names for listening, thinking and speaking,
/// joined with '+'.
struct ServiceInUse {
  std::string name;  ///< "NAME/realtime"
  ModelAndVoice asked;
};

/// One kind of session for a call's conversation: a cascade of three parts, or a model that hears and speaks. The conversation thread invokes
/// the functions; no function blocks or throws. poll() returns the results; tick() passes the time.
class VoiceSession {
 public:
  virtual ~VoiceSession() = default;
  /// Called once, before all other functions. Opens the sockets, so that the caller does not wait for them later.
  virtual void open(const SessionContext& context, base::TimePoint now) = 0;
  /// Called about every 10 ms, before poll().
  virtual void tick(base::TimePoint now) = 0;

  // The caller's turn.
  [[nodiscard]] virtual std::uint32_t listen_rate_hz() const = 0;
  /// Returns true when feed() gets all audio of the caller, silence too, and not only the turns.
  [[nodiscard]] virtual bool hears_always() const { return false; }
  virtual void begin_turn(std::uint32_t turn, std::string_view expect) = 0;
  virtual void feed(std::span<const std::int16_t> pcm) = 0;
  virtual void end_turn() = 0;      ///< TurnTaken, a final Transcript or ListenFailed follows
  virtual void abandon_turn() = 0;  ///< the turn was noise; no event about it follows

  // The reply. Exactly one of ReplyDone and ThinkFailed ends the answer to a turn; no event of a cancelled turn follows.
  virtual void respond(const TurnInput& input) = 0;
  virtual void on_tool(const ToolOutcome& outcome) = 0;  ///< the outcome of each ToolCall; the reply continues after the last outcome
  virtual void cancel(std::uint32_t turn) = 0;
  virtual void on_heard(const HeardReply& heard) = 0;

  // The voice. Audio comes in the order of the requests; each utterance ends in SpeechDone or SpeakFailed, unless it is cancelled.
  /// For a voiced ReplyText, `text` is "": the request then only gives the utterance's number.
  virtual void speak(std::uint32_t utterance, std::string_view text) = 0;
  /// See Speaker::prepare().
  virtual void prepare_speech(std::string_view text) { (void)text; }
  virtual void cancel_speech() = 0;
  /// Called before each tick() with the length of the session's audio that waits for playout. A session with much audio can therefore send it gradually.
  virtual void on_unheard(base::Duration) {}

  /// The stage failed, or sent nothing within its deadline. Repeats the open work of the stage, with another provider if there is one. Returns
  /// false if no provider can repeat it: the conversation then tells the caller.
  [[nodiscard]] virtual bool try_again(Stage stage, std::string_view why) = 0;

  [[nodiscard]] virtual std::optional<SessionEvent> poll() = 0;

  /// Returns the service that holds the conversation now; call it after open(). Its name is "" when only the owner of the session knows the name.
  [[nodiscard]] virtual ServiceInUse service() const { return {}; }
};

}  // namespace offhook::inline v0::agent
