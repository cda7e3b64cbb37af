#pragma once

#include <offhook/agent/conversation/history.hpp>
#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/circuit_breaker.hpp>
#include <offhook/agent/providers/heard_turn.hpp>
#include <offhook/agent/providers/recorded_speech.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace offhook::inline v0::agent {

/// One way of holding the conversation. `name` is its breaker's, and stands in the record: "openai/realtime", "cascade".
struct SessionMaker {
  std::string name;
  std::function<std::unique_ptr<VoiceSession>(Wake wake)> make;
  unsigned attempts = 1;  ///< of its own to mend what failed in a turn; then the next way has its chance
};

struct ChainOptions {
  std::vector<SessionMaker> sessions;  ///< in order of preference; at least one
  std::string greeting;                ///< said as it is, without asking a model; "": the session greets as it likes
  std::optional<RecordedSpeech> recorded_greeting{};  ///< played instead, for its words
};

/// The voice session of a call: an agent's ways of holding a conversation, the best one first. It keeps what was said, and the
/// turn that is being said, so that the next one can take over in the middle of the call, of a turn, or of a sentence.
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
  struct Utterance {
    std::uint32_t id = 0;
    std::string text;
    bool voiced = false;
  };
  void take_session(std::size_t index);
  [[nodiscard]] bool next_session(std::string_view why, Stage stage);
  /// The first from `index` on that is asked now; as many as there are when none is.
  [[nodiscard]] std::size_t next_to_ask(std::size_t index);
  /// Tells the record of those from `index` on that were not asked before the session that there is now.
  void tell_passed_over(Stage stage, std::size_t index);
  void hand_over_turn();
  void hand_over_reply();
  void hand_over_speech();
  void note_input(const TurnInput& input);
  [[nodiscard]] TurnInput with_words(TurnInput input);
  void greet(std::uint32_t turn);
  [[nodiscard]] bool passes(SessionEvent& event);
  [[nodiscard]] bool passes_again(const SessionEvent& event);

  ChainOptions options_;
  std::shared_ptr<Breakers> breakers_;
  Wake wake_;
  SessionContext context_;
  History history_;
  base::TimePoint now_{};
  std::size_t at_ = 0;
  std::unique_ptr<VoiceSession> session_;
  std::vector<std::unique_ptr<VoiceSession>> gone_;  // freed at the next tick: one may be calling us
  HeardTurn heard_;                                  // of the turn that is being said, or answered without a transcript
  std::uint32_t listen_turn_ = 0;
  std::string expect_;
  bool listening_ = false, ended_ = false;
  bool taken_ = false;                               // heard_ was taken as sound: nobody has its words yet
  std::string words_;                                // of listen_turn_, as far as they are known before its end
  bool words_count_ = false;                         // the turn was taken with them: the conversation does not have them
  bool hears_again_ = false;                         // the next session listens to a turn that is being answered
  TurnInput input_;
  std::string asked_;                                // the text that the conversation gave for input_
  bool thinking_ = false, said_something_ = false;
  FailureKind failure_ = FailureKind::Timeout;       // of the present session; a silence is a timeout
  unsigned attempts_ = 0;                            // of the present session, in this turn
  bool leaves_ = false;                              // the present session for another: its model is being loaded
  std::deque<Utterance> open_;
  std::deque<SessionEvent> own_;
  bool greets_ = false;                              // with a recording, whose utterance is not asked for yet
};

}  // namespace offhook::inline v0::agent
