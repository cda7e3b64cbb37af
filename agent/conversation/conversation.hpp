#pragma once

#include <offhook/agent/conversation/actions.hpp>
#include <offhook/agent/conversation/digits.hpp>
#include <offhook/agent/conversation/reply.hpp>
#include <offhook/agent/conversation/turns.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/answer_watch.hpp>
#include <offhook/media/audio_port.hpp>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent {

/// What is done when a machine takes a call of ours. To know it, nothing is said until it is known: a second after the first words of
/// a person, as a rule.
enum class MachinePolicy : std::uint8_t {
  Ignore,   ///< nobody listens for machines: the greeting begins at once
  HangUp,
  Speak,    ///< the message is left when it listens, after the beep; then we hang up
};

struct ConversationOptions {
  MachinePolicy machine = MachinePolicy::Ignore;                 ///< for calls of ours
  base::Duration ring_for{};                                     ///< at least so long before the answer, as a person would need
  base::Duration answer_at_latest = std::chrono::seconds(2);     ///< a greeting that is not ready by then does not delay the answer
  base::Duration end_of_turn = std::chrono::milliseconds(500);   ///< silence that ends the caller's turn
  base::Duration confirm_interruption = std::chrono::milliseconds(240);  ///< voice for so long is no cough: stop speaking
  base::Duration shortest_speech = std::chrono::milliseconds(160);       ///< less, not understood and interrupting nothing: a noise
  bool drop_brief_turns = false;                                 ///< shorter than that: not even given to who takes turns as sound
  base::Duration digit_gap = std::chrono::seconds(3);
  bool keys_together = false;                                    ///< keys that nobody asked for: what is pressed together is one input
  base::Duration silence_prompt = std::chrono::seconds(8);       ///< nobody says anything: ask
  unsigned max_silences = 3;                                     ///< ... so often, then say goodbye
  base::Duration call_limit = std::chrono::minutes(30);
  base::Duration farewell_limit = std::chrono::seconds(20);      ///< a farewell not heard by then (on hold, say) keeps no call
  base::Duration media_lost_limit = std::chrono::seconds(20);    ///< after MediaLost, hang up when nothing comes back
  base::Duration listen_deadline = std::chrono::seconds(4);
  base::Duration think_deadline = std::chrono::seconds(8);
  base::Duration speak_deadline = std::chrono::seconds(5);
  base::Duration tool_deadline = std::chrono::seconds(60);       ///< a tool of the model's, its question to the caller included
  unsigned max_attempts = 3;                                     ///< of one stage of one turn, by whatever provider
  base::Duration filler_after = std::chrono::milliseconds(2500); ///< a reply that is not there by then is waited for with words
  base::Duration filler_again = std::chrono::seconds(6);         ///< ... and again
  unsigned max_failures = 3;                                     ///< of any part in a row: apologise and end
  std::string transfer_apology = "I am sorry, nobody answers there right now.";  ///< when the thinker has nothing to say to it, or fails
  std::string apology = "I am sorry, something went wrong on my side. Could you say that again?";
  std::string transfer_when_lost;                                ///< instead of the goodbye after so many failures; "": none
  std::string filler = "One moment, please.";                    ///< "": none
  std::string notice;                                            ///< said before anything else, and heard to its end; "": none
  std::string empty_reply = "Could you say that again, please?";
  std::string failure_goodbye = "I am sorry, I cannot help you right now. Please call again later. Goodbye.";
  std::string silence_goodbye = "I cannot hear you, so I will hang up now. Goodbye.";
  std::string limit_goodbye = "We have reached the time limit of this call. Thank you for calling. Goodbye.";
};

/// One conversation as a pure machine: the call's media events, what the three parts yield, and time go in; actions come out.
/// It knows no audio and no provider. Every stage has a deadline and a way on, so that the caller is never left in silence.
class Conversation {
 public:
  static constexpr std::size_t kMaxActions = 8;  ///< of one reply; one more is not done
  static constexpr base::Duration kLongestHold = std::chrono::minutes(2);

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
  /// The turn's sound was taken as it is: it needs no transcript. Before its end too, by who finds that better.
  void on_taken(std::uint32_t listen_turn, base::TimePoint now, ConversationActions& out);
  void on_tool(const ToolOutcome& outcome, base::TimePoint now, ConversationActions& out);
  /// What AnswerWatch says of who took our call, where the policy wants it known.
  void on_answerer(const media::AnswerWatch::Step& step, base::TimePoint now, ConversationActions& out);
  /// What is ready to be said waits: it is not known yet who would hear it, or a machine does not listen yet.
  [[nodiscard]] bool holds_back() const { return screening_ != Screening::None; }
  /// A tool asks the caller something: said in our own words, as soon as nobody speaks. Until set_awaits_answer(false), keys and
  /// words of the caller are the answer to it, and no input to the thinker.
  void ask(std::string question, base::TimePoint now, ConversationActions& out);
  void set_awaits_answer(bool awaits) { awaits_answer_ = awaits; }
  /// No tool asks anything any more: what was not said of a question is not said.
  void withdraw_question();
  /// TryAgain{stage} came to nothing: nobody else can do it.
  void on_no_other_way(Stage stage, base::TimePoint now, ConversationActions& out);
  void on_time(base::TimePoint now, ConversationActions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] Phase phase() const { return phase_; }
  /// What has been heard so far of the reply that is being said: what there is to tell of it when the call ends now.
  [[nodiscard]] std::optional<AgentSaid> unfinished_reply() const;
  /// On hold, or while a transfer is under way: for somebody else.
  [[nodiscard]] bool caller_waits() const { return phase_ == Phase::Connected && (held_until_ || transferring_); }
  [[nodiscard]] std::uint32_t turns() const { return turn_; }
  [[nodiscard]] bool is_consistent() const;

 private:
  enum class AgentSide { Idle, Thinking, Speaking };
  enum class Screening { None, Judging, AwaitingBeep };

  /// To a person. A machine's greeting is no turn of a caller. Nor while the notice is said: nobody shall be able to talk over it.
  [[nodiscard]] bool listens() const { return phase_ == Phase::Connected && !holds_back() && !leaves_message_ && notice_utterance_ == 0; }
  void on_verdict(const media::AnswerVerdict& verdict, base::TimePoint now, ConversationActions& out);
  void prepare_message(base::TimePoint now, ConversationActions& out);
  void on_line_tone(media::LineTone tone, base::TimePoint now, ConversationActions& out);
  void on_end_of_turn(base::TimePoint now, ConversationActions& out);
  void on_silence(base::TimePoint now, ConversationActions& out);
  void on_timers(base::TimePoint now, ConversationActions& out);
  void on_digit(char digit, base::TimePoint now, ConversationActions& out);
  void on_speech_started(base::TimePoint now, ConversationActions& out);
  void on_speech_stopped(const media::MediaEvent& event, base::TimePoint now, ConversationActions& out);
  void on_transcript(const Transcript& transcript, base::TimePoint now, ConversationActions& out);
  void on_reply_text(const ReplyText& text, base::TimePoint now, ConversationActions& out);
  void on_reply_done(base::TimePoint now, ConversationActions& out);
  void on_failure(Stage stage, std::string why, base::TimePoint now, ConversationActions& out);
  void give_up(Stage stage, base::TimePoint now, ConversationActions& out);
  void leave_to_others(base::TimePoint now, ConversationActions& out);
  void on_tool_call(const ToolCall& call, base::TimePoint now, ConversationActions& out);
  void speak_aside(std::string text, base::TimePoint now, ConversationActions& out);
  void watch_thinker(base::TimePoint now);
  void spoil_question(ConversationActions& out);
  void drop_questions(ConversationActions& out);
  /// A question waits, is being said, or waits for its answer.
  [[nodiscard]] bool is_asking() const { return question_ || asked_utterance_ != 0 || awaits_answer_; }
  void ask_when_quiet(base::TimePoint now, ConversationActions& out);
  void on_question_sent(const media::MediaEvent& event, ConversationActions& out);
  void say_notice(base::TimePoint now, ConversationActions& out);
  void on_filler(base::TimePoint now, ConversationActions& out);

  void respond(TurnInput input, base::TimePoint now, ConversationActions& out);
  void speak(std::string text, base::TimePoint now, ConversationActions& out);
  void say_own(std::string_view text, base::TimePoint now, ConversationActions& out);  ///< a whole reply of our own
  void answer(base::TimePoint now, ConversationActions& out);
  void watch_speaker(base::TimePoint now);
  void forget_reply();
  [[nodiscard]] bool take_late_transcript(const Transcript& transcript, ConversationActions& out);
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
  Screening screening_ = Screening::None;
  bool leaves_message_ = false;         // on a machine: nobody replies, and then we hang up
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
  bool filling_ = false;                // a filler is said while the listener works: its own small reply
  bool own_words_ = false;              // the reply is an apology or a farewell of ours, not the thinker's
  std::vector<ReplyAction> pending_actions_;  // done when all that was said has been heard
  std::optional<std::string> question_;  // waits until nobody speaks
  std::uint32_t asked_utterance_ = 0;    // the question that was asked last; 0: it was heard
  std::uint32_t notice_utterance_ = 0;   // until its last frame has left
  bool awaits_answer_ = false;
  bool may_ask_ = false;                 // a tool of this reply: its question dies with it
  base::TimePoint began_speaking_{};     // the caller's present turn, with what it goes on with
  bool goes_on_ = false;                 // it began before the words of the last one had come: that one was no whole turn
  std::string closing_why_;
  unsigned silences_ = 0, failures_ = 0;
  std::array<unsigned, 3> attempts_{};  // of each stage, in this turn
  bool empty_reply_ = false;            // what the last attempt failed by
  unsigned tools_open_ = 0;             // of this reply
  struct TakenTurn { std::uint32_t listen_turn = 0, turn = 0; bool answer = false; base::TimePoint began{}; };
  std::array<TakenTurn, 8> taken_{};    // whose transcripts may still come
  std::size_t next_taken_ = 0;
  bool left_to_others_ = false;         // the transfer of last resort was tried
  bool transferring_ = false;           // asked for once, until the call ends or the phone says that it failed
  bool transfer_failed_ = false;        // and the thinker does not know it yet
  bool interrupted_ = false;            // the caller's present turn cut us off

  base::TimePoint ring_until_{};
  std::optional<base::TimePoint> listen_at_, think_at_, speak_at_;  // deadlines of the stages, which may all be at work
  std::optional<base::TimePoint> answer_at_, confirm_at_, filler_at_, silence_at_, limit_at_, media_lost_at_, held_until_;
};

}  // namespace offhook::inline v0::agent
