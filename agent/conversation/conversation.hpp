#pragma once

#include <offhook/agent/conversation/actions.hpp>
#include <offhook/agent/conversation/digits.hpp>
#include <offhook/agent/conversation/reply.hpp>
#include <offhook/agent/conversation/turns.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/audio_port.hpp>

#include <optional>
#include <string>

namespace offhook::inline v0::agent {

struct ConversationOptions {
  base::Duration ring_for{};                                     ///< at least so long before the answer, as a person would need
  base::Duration answer_at_latest = std::chrono::seconds(2);     ///< a greeting that is not ready by then does not delay the answer
  base::Duration end_of_turn = std::chrono::milliseconds(500);   ///< silence that ends the caller's turn
  base::Duration confirm_interruption = std::chrono::milliseconds(240);  ///< voice for so long is no cough: stop speaking
  base::Duration shortest_speech = std::chrono::milliseconds(160);       ///< less, not understood and interrupting nothing: a noise
  base::Duration digit_gap = std::chrono::seconds(3);
  base::Duration silence_prompt = std::chrono::seconds(8);       ///< nobody says anything: ask
  unsigned max_silences = 3;                                     ///< ... so often, then say goodbye
  base::Duration call_limit = std::chrono::minutes(30);
  base::Duration farewell_limit = std::chrono::seconds(20);      ///< a farewell not heard by then (on hold, say) keeps no call
  base::Duration media_lost_limit = std::chrono::seconds(20);    ///< after MediaLost, hang up when nothing comes back
  base::Duration listen_deadline = std::chrono::seconds(4);
  base::Duration think_deadline = std::chrono::seconds(8);
  base::Duration speak_deadline = std::chrono::seconds(5);
  unsigned max_failures = 3;                                     ///< of any part in a row: apologise and end
  std::string transfer_apology = "I am sorry, nobody answers there right now.";  ///< when the thinker has nothing to say to it, or fails
  std::string apology = "I am sorry, something went wrong on my side. Could you say that again?";
  std::string empty_reply = "Could you say that again, please?";
  std::string failure_goodbye = "I am sorry, I cannot help you right now. Please call again later. Goodbye.";
  std::string silence_goodbye = "I cannot hear you, so I will hang up now. Goodbye.";
  std::string limit_goodbye = "We have reached the time limit of this call. Thank you for calling. Goodbye.";
};

/// One conversation as a pure machine: the call's media events, what the three parts yield, and time go in; actions come out.
/// It knows no audio and no provider. Every stage has a deadline and a way on, so that the caller is never left in silence.
class Conversation {
 public:
  enum class Phase { Idle, Preparing, Answering, Connected, Closing, Ended };

  explicit Conversation(ConversationOptions options);

  /// The call rings: prepare the greeting. AnswerCall follows when its first sample is there.
  void start(base::TimePoint now, ConversationActions& out);
  /// The call is up: audio may flow.
  void on_connected(base::TimePoint now, ConversationActions& out);
  void on_ended();
  /// TransferCall came to nothing: the thinker is told (TurnInput::Kind::Failure) as soon as nobody speaks, and the call goes on.
  void on_transfer_failed(base::TimePoint now, ConversationActions& out);
  /// Say `farewell` and hang up (drain, limits); "" hangs up at once.
  void close(std::string why, std::string_view farewell, base::TimePoint now, ConversationActions& out);

  void on_media(const media::MediaEvent& event, base::TimePoint now, ConversationActions& out);
  void on_listen(const ListenEvent& event, base::TimePoint now, ConversationActions& out);
  void on_think(const ThinkEvent& event, base::TimePoint now, ConversationActions& out);
  void on_speak(const SpeakEvent& event, base::TimePoint now, ConversationActions& out);  ///< of audio only the words matter here
  void on_time(base::TimePoint now, ConversationActions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] Phase phase() const { return phase_; }
  /// What has been heard so far of the reply that is being said: what there is to tell of it when the call ends now.
  [[nodiscard]] std::optional<AgentSaid> unfinished_reply() const;
  [[nodiscard]] std::uint32_t turns() const { return turn_; }
  [[nodiscard]] bool is_consistent() const;

 private:
  enum class AgentSide { Idle, Thinking, Speaking };

  [[nodiscard]] bool listens() const { return phase_ == Phase::Connected; }
  void on_silence(base::TimePoint now, ConversationActions& out);
  void on_timers(base::TimePoint now, ConversationActions& out);
  void on_digit(char digit, base::TimePoint now, ConversationActions& out);
  void on_speech_started(base::TimePoint now, ConversationActions& out);
  void on_speech_stopped(const media::MediaEvent& event, base::TimePoint now, ConversationActions& out);
  void on_transcript(const Transcript& transcript, base::TimePoint now, ConversationActions& out);
  void on_reply_text(const ReplyText& text, base::TimePoint now, ConversationActions& out);
  void on_reply_done(base::TimePoint now, ConversationActions& out);
  void on_failure(base::TimePoint now, ConversationActions& out);
  void on_stage_deadline(base::TimePoint now, ConversationActions& out);

  void respond(TurnInput input, base::TimePoint now, ConversationActions& out);
  void speak(std::string text, base::TimePoint now, ConversationActions& out);
  void say_own(std::string_view text, base::TimePoint now, ConversationActions& out);  ///< a whole reply of our own
  void answer(base::TimePoint now, ConversationActions& out);
  void watch_stage(base::TimePoint now);
  void abandon_listening(ConversationActions& out);
  void on_interrupted(base::TimePoint now, ConversationActions& out);
  void interrupt(base::TimePoint now, ConversationActions& out);
  void finish_reply_if_heard(base::TimePoint now, ConversationActions& out);
  void perform(const ReplyAction& action, base::TimePoint now, ConversationActions& out);
  void hang_up(ConversationActions& out);
  void tell_failed_transfer(base::TimePoint now, ConversationActions& out);
  void rest(base::TimePoint now);  ///< nobody speaks: the silence timer runs

  ConversationOptions options_;
  Phase phase_ = Phase::Idle;
  AgentSide agent_ = AgentSide::Idle;
  CallerTurn caller_;
  DigitCollector digits_;
  Reply reply_;
  std::uint32_t turn_ = 0;              // of the last input given to the thinker
  std::uint32_t listen_turn_ = 0;       // of the last turn given to the listener
  std::uint32_t utterance_ = 0;         // of the last thing asked of the speaker
  std::string expect_;                  // how to listen next
  std::string held_text_;               // of a turn that we took for over too early: goes before the next transcript
  double held_confidence_ = 0;
  TurnInput last_input_;                // what the thinker is thinking about
  unsigned unspoken_ = 0;               // utterances asked of the speaker and not yet done
  bool own_words_ = false;              // the reply is an apology or a farewell of ours, not the thinker's
  std::optional<ReplyAction> pending_action_;
  std::string closing_why_;
  unsigned silences_ = 0, failures_ = 0;
  bool transferring_ = false;           // asked for once, until the call ends or the phone says that it failed
  bool transfer_failed_ = false;        // and the thinker does not know it yet
  bool interrupted_ = false;            // the caller's present turn cut us off

  base::TimePoint ring_until_{};
  std::optional<base::TimePoint> answer_at_, confirm_at_, stage_at_, silence_at_, limit_at_, media_lost_at_;
};

}  // namespace offhook::inline v0::agent
