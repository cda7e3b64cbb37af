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

/// What a session is given of its call. The references live as long as the call.
struct SessionContext {
  CallContext call;
  std::string prompt;                        ///< persona and rules, variables filled in
  std::string language;                      ///< BCP 47, such as "en" or "pt-BR"; "" detects and follows
  const History* history = nullptr;          ///< what was said before the session took over, and is being said
  const std::vector<ToolDescription>* tools = nullptr;
};

/// The session took the caller's turn as sound: no transcript needs to be waited for. It may come before end_turn() from a
/// session that finds the end of a turn itself. A Transcript of the turn may follow, late, for the record.
struct TurnTaken { std::uint32_t turn = 0; };
using SessionEvent = std::variant<Transcript, TurnTaken, ListenFailed, ReplyText, ReplyAction, ToolCall, ReplyExpects, ReplyIntent, ReplyDone, ReplyGrows,
                                  ModelLoads, ThinkFailed, SpeechAudio, SpeechDone, SpeakFailed, ProviderSwitched, ServiceRetried, TokensUsed>;

/// The service that holds a conversation, for the record. In a cascade each name has three parts with '+' between: listens, thinks, speaks.
struct ServiceInUse {
  std::string name;  ///< "openai/realtime"
  ModelAndVoice asked;
};

/// One way of holding a call's conversation: a cascade of three parts, or a model that hears and speaks. Calls come from the
/// call's conversation thread, never block and never throw; what comes of them is pulled with poll(). Time comes by tick().
class VoiceSession {
 public:
  virtual ~VoiceSession() = default;
  /// Once, first of all: sockets are opened now, so that the caller does not wait for them later.
  virtual void open(const SessionContext& context, base::TimePoint now) = 0;
  /// Every 10 ms or so, before poll().
  virtual void tick(base::TimePoint now) = 0;

  // The caller's turn.
  [[nodiscard]] virtual std::uint32_t listen_rate_hz() const = 0;
  /// True: feed() gets all that the caller sends, silence too, and not only the turns.
  [[nodiscard]] virtual bool hears_always() const { return false; }
  virtual void begin_turn(std::uint32_t turn, std::string_view expect) = 0;
  virtual void feed(std::span<const std::int16_t> pcm) = 0;
  virtual void end_turn() = 0;      ///< TurnTaken, a final Transcript or ListenFailed follows
  virtual void abandon_turn() = 0;  ///< it was noise; nothing more is said of it

  // The reply. Exactly one of ReplyDone and ThinkFailed ends the answer to a turn; nothing follows a cancelled one.
  virtual void respond(const TurnInput& input) = 0;
  virtual void on_tool(const ToolOutcome& outcome) = 0;  ///< to each ToolCall; the reply goes on after the last of them
  virtual void cancel(std::uint32_t turn) = 0;
  virtual void on_heard(const HeardReply& heard) = 0;

  // The voice. Audio comes in the order of these calls; each utterance ends in SpeechDone or SpeakFailed, unless cancelled.
  /// Of a voiced ReplyText `text` is "": the number is all that is told.
  virtual void speak(std::uint32_t utterance, std::string_view text) = 0;
  /// As Speaker::prepare().
  virtual void prepare_speech(std::string_view text) { (void)text; }
  virtual void cancel_speech() = 0;
  /// Before each tick(): so much of its audio the line did not take yet. For who has a lot of it, and need not give it out at once.
  virtual void on_unheard(base::Duration) {}

  /// The stage failed, or has been silent beyond its deadline: do what is open in it again, by another provider if there is one.
  /// False when there is no other way: the conversation then says so itself.
  [[nodiscard]] virtual bool try_again(Stage stage, std::string_view why) = 0;

  [[nodiscard]] virtual std::optional<SessionEvent> poll() = 0;

  /// The service that holds the conversation now; after open(). Its name is "" where the owner of the session knows the name.
  [[nodiscard]] virtual ServiceInUse service() const { return {}; }
};

}  // namespace offhook::inline v0::agent
