#pragma once

#include <offhook/agent/conversation/history.hpp>
#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/circuit_breaker.hpp>
#include <offhook/agent/providers/half_spoken.hpp>
#include <offhook/agent/providers/heard_turn.hpp>
#include <offhook/agent/providers/recorded_speech.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace offhook::inline v0::agent {

/// Makes one session of a call. `name` is the name of the session's circuit breaker, and appears in the call record: "NAME/realtime",
/// "cascade".
struct SessionMaker {
  std::string name;
  std::function<std::unique_ptr<VoiceSession>(Wake wake)> make;
  unsigned attempts = 1;  ///< how often in a turn the session itself may try to repair a failure, before the next session takes over
};

struct ChainOptions {
  std::vector<SessionMaker> sessions;  ///< in order of preference; at least one
  std::string greeting;                ///< spoken without a model; "" if the session makes its own greeting
  std::optional<RecordedSpeech> recorded_greeting{};  ///< played instead of `greeting`, with its words as text
};

/// The voice session of a call: it uses one of the agent's sessions, and replaces it by the next in order of preference when it fails.
/// It stores the history and the audio of the present turn, so that the next session can take over in the middle of a call, a turn or
/// a sentence.
class SessionChain final : public VoiceSession {
 public:
  SessionChain(ChainOptions options, std::shared_ptr<Breakers> breakers, Wake wake);

  void open(const SessionContext& context, base::TimePoint now) override;
  void tick(base::TimePoint now) override;
  [[nodiscard]] std::uint32_t listen_rate_hz() const override { return session_->listen_rate_hz(); }
  [[nodiscard]] bool hears_always() const override { return session_->hears_always(); }
  void begin_turn(std::uint32_t turn, std::string_view expect) override;
  void feed(std::span<const std::int16_t> pcm) override;
  void end_turn() override;
  void abandon_turn() override;
  void respond(const TurnInput& input) override;
  void on_tool(const ToolOutcome& outcome) override;
  void cancel(std::uint32_t turn) override;
  void on_heard(const HeardReply& heard) override;
  void speak(std::uint32_t utterance, std::string_view text) override;
  void prepare_speech(std::string_view text) override { session_->prepare_speech(text); }
  void cancel_speech() override;
  void on_unheard(base::Duration unheard) override;
  [[nodiscard]] bool try_again(Stage stage, std::string_view why) override;
  [[nodiscard]] std::optional<SessionEvent> poll() override;
  [[nodiscard]] ServiceInUse service() const override;

  [[nodiscard]] const History& history() const { return history_; }

 private:
  struct CallerTurn {
    HeardTurn heard;           // audio of the present turn, or of a turn without a transcript whose reply is in progress
    std::uint32_t number = 0;
    std::string expect;
    bool listening = false, ended = false;
    bool taken = false;        // true: the session took `heard` as audio, and its transcript has not come yet
    std::string words;         // latest transcript of the turn that is not final
    bool words_count = false;  // true: the session took the turn with `words`, which the conversation does not have
    bool hears_again = false;  // true: the new session transcribes a turn for whose reply the conversation waits
  };
  struct Utterance {
    HalfSpoken spoken;
    bool voiced = false;  // true: the session speaks its own reply, for which Offhook has no text
  };
  void take_session(std::size_t index);
  [[nodiscard]] bool next_session(std::string_view why, Stage stage);
  /// Returns the index of the first session from `index` on whose circuit breaker allows a request; sessions.size() if there is
  /// none.
  [[nodiscard]] std::size_t next_to_ask(std::size_t index);
  /// Reports, for the record of the call, each session from `index` on that was skipped before the present one.
  void report_passed_over(Stage stage, std::size_t index);
  void hand_over_turn();
  void hand_over_reply();
  void hand_over_speech();
  void note_input(const TurnInput& input);
  [[nodiscard]] TurnInput with_words(TurnInput input);
  void greet(std::uint32_t turn);
  [[nodiscard]] bool passes(SessionEvent& event);
  [[nodiscard]] bool passes_again(const SessionEvent& event);
  [[nodiscard]] std::deque<Utterance>::iterator find_open(std::uint32_t id);
  void on_audio(SpeechAudio& audio);
  void on_spoken(SessionEvent& done);

  ChainOptions options_;
  std::shared_ptr<Breakers> breakers_;
  Wake wake_;
  SessionContext context_;
  History history_;
  base::TimePoint now_{};
  std::size_t at_ = 0;
  std::unique_ptr<VoiceSession> session_;
  std::vector<std::unique_ptr<VoiceSession>> gone_;  // destroyed at the next tick, because a session may be in a call to this object
  CallerTurn turn_;
  TurnInput input_;
  std::string asked_;                                // the text that the conversation gave for input_
  bool thinking_ = false, said_something_ = false;
  FailureKind failure_ = FailureKind::Timeout;       // last failure of the present session; Timeout if it reported none
  unsigned attempts_ = 0;                            // attempts of the present session in this turn
  bool leaves_ = false;                              // true: try_again() must replace the present session, because its model is being loaded
  std::deque<Utterance> open_;
  std::deque<SessionEvent> own_;
  bool greets_ = false;                              // true: the greeting is a recording, and speak() has not requested it yet
};

}  // namespace offhook::inline v0::agent
