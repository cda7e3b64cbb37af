#pragma once

#include <offhook/agent/conversation/actions.hpp>
#include <offhook/agent/conversation/agent_floor.hpp>
#include <offhook/agent/conversation/caller_floor.hpp>
#include <offhook/agent/conversation/deadline.hpp>
#include <offhook/agent/conversation/digits.hpp>
#include <offhook/agent/conversation/hand_over.hpp>
#include <offhook/agent/conversation/patience.hpp>
#include <offhook/agent/conversation/tool_question.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/answer_watch.hpp>
#include <offhook/media/audio_port.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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
  base::Duration confirm_interruption = std::chrono::milliseconds(240);  ///< shorter voice interrupts nothing and is not even recognised
  base::Duration longest_cough = std::chrono::milliseconds(500);  ///< shorter voice cuts off nothing when the listener makes no words of it. The
                                                                  ///< worker takes 120 ms of it to make sure that the voice has stopped
  base::Duration shortest_speech = std::chrono::milliseconds(160);       ///< less, not understood and interrupting nothing: a noise
  bool drop_brief_turns = false;                                 ///< shorter than that: not even given to who takes turns as sound
  base::Duration digit_gap = std::chrono::seconds(3);
  bool keys_together = false;                                    ///< keys that nobody asked for: what is pressed together is one input
  base::Duration silence_prompt = std::chrono::seconds(8);       ///< nobody says anything: ask
  unsigned max_silences = 3;                                     ///< ... so often, then say goodbye
  base::Duration call_limit = std::chrono::minutes(30);
  base::Duration farewell_limit = std::chrono::seconds(20);      ///< a farewell not heard by then (on hold, say) keeps no call
  base::Duration hold_limit = std::chrono::minutes(10);          ///< the caller's side holds us for so long: hang up, or transfer
  base::Duration media_lost_limit = std::chrono::seconds(20);    ///< after MediaLost, hang up when nothing comes back
  base::Duration listen_deadline = std::chrono::seconds(4);
  base::Duration think_deadline = std::chrono::seconds(8);
  base::Duration speak_deadline = std::chrono::seconds(5);
  base::Duration stall_deadline = std::chrono::seconds(2);       ///< of a part that has begun to yield: so long may the caller hear nothing more
  base::Duration tool_deadline = std::chrono::seconds(60);       ///< a tool of the model's, its question to the caller included
  unsigned max_attempts = 3;                                     ///< of one stage of one turn, by whatever provider
  base::Duration filler_after = std::chrono::milliseconds(2500); ///< a reply that is not there by then is waited for with words
  base::Duration filler_again = std::chrono::seconds(6);         ///< ... and again
  unsigned max_failures = 3;                                     ///< of any part in a row: apologise and end
  std::string transfer_apology = "I am sorry, nobody answers there right now.";  ///< when the thinker has nothing to say to it, or fails
  std::string apology = "I am sorry, something went wrong on my side. Could you say that again?";
  std::string mishap = "I am sorry, something went wrong on my side. What can I do for you?";  ///< when the caller had said nothing before
  std::string transfer_when_lost;                                ///< instead of the goodbye after so many failures; "": none
  std::string filler = "One moment, please.";                    ///< "": none
  std::string notice;                                            ///< said before anything else, and heard to its end; "": none
  std::string empty_reply = "Could you say that again, please?";
  std::string refusal = "I am sorry, I cannot answer that. Can I help you with something else?";  ///< by the provider's content filter
  std::string failure_goodbye = "I am sorry, I cannot help you right now. Please call again later. Goodbye.";
  std::string silence_goodbye = "I cannot hear you, so I will hang up now. Goodbye.";
  std::string shutdown_goodbye = "I am sorry, we have to end this call now. Please call again later. Goodbye.";
  std::string limit_goodbye = "We have reached the time limit of this call. Thank you for calling. Goodbye.";
};

/// One conversation as a pure machine: the call's media events, what the three parts yield, and time go in; actions come out.
/// It knows no audio and no provider. Every stage has a deadline and a way on, so that the caller is never left in silence.
class Conversation {
 public:
  static constexpr std::size_t kMaxActions = AgentFloor::kMaxActions;  ///< of one reply; one more is not done
  static constexpr base::Duration kBriefHold = std::chrono::seconds(2);  ///< a shorter hold of the caller's side is none to the caller
  static constexpr std::size_t kMaxLateResults = 512;  ///< octets of tools' names
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
  /// The caller's side has put us on hold (RFC 3264 section 8.4), or takes us back.
  void on_peer_hold(bool holds, base::TimePoint now, ConversationActions& out);
  /// The caller's side says that another person is on the line now (RFC 4916): the thinker is told as soon as nobody speaks. `who`: name and number, as
  /// they may stand in a prompt.
  void on_other_caller(std::string who, base::TimePoint now, ConversationActions& out);
  /// What the caller's side sends is no voice of the caller: music on hold.
  [[nodiscard]] bool is_held_by_peer() const { return hand_over_.is_held_by_peer(); }
  /// Say `farewell` and hang up (drain, limits); "" hangs up at once.
  void close(std::string why, std::string_view farewell, base::TimePoint now, ConversationActions& out);
  void shut_down(base::TimePoint now, ConversationActions& out) { close("shutdown", options_.shutdown_goodbye, now, out); }

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
  [[nodiscard]] bool holds_back() const { return hearer_ == Hearer::Unjudged || hearer_ == Hearer::MachineBeforeBeep; }
  /// What is ready to be said waits: for the same, or for a caller who has begun to speak before they heard any of it.
  [[nodiscard]] bool holds_playout() const;
  /// A tool asks the caller something: said in our own words, as soon as nobody speaks. Until set_awaits_answer(false), keys and
  /// words of the caller are the answer to it, and no input to the thinker.
  void ask(std::string question, base::TimePoint now, ConversationActions& out);
  void set_awaits_answer(bool awaits) { question_.set_awaits_answer(awaits); }
  /// No tool asks anything any more: what was not said of a question is not said.
  void withdraw_question() { question_.withdraw(); }
  /// TryAgain{stage} came to nothing: nobody else can do it.
  void on_no_other_way(Stage stage, base::TimePoint now, ConversationActions& out);
  void on_time(base::TimePoint now, ConversationActions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] Phase phase() const { return phase_; }
  /// What has been heard so far of the reply that is being said: what there is to tell of it when the call ends now.
  [[nodiscard]] std::optional<AgentSaid> unfinished_reply() const;
  /// The reply that is cut off when the call ends now: the number of its turn.
  [[nodiscard]] std::optional<std::uint32_t> open_reply() const;
  /// On hold, or while a transfer is under way: for somebody else.
  [[nodiscard]] bool caller_waits() const { return phase_ == Phase::Connected && hand_over_.caller_waits(); }
  [[nodiscard]] std::uint32_t turns() const { return agent_.turn(); }
  [[nodiscard]] bool is_consistent() const;

 private:
  /// Who hears what we say, as far as that is known of a call of ours.
  enum class Hearer : std::uint8_t {
    Person,
    Unjudged,           ///< nothing is said until it is known
    MachineBeforeBeep,  ///< its greeting is heard out
    Machine,            ///< nobody replies, and then we hang up
  };

  /// To a person. A machine's greeting is no turn of a caller. Nor while the notice is said: nobody shall be able to talk over it.
  [[nodiscard]] bool attends() const { return phase_ == Phase::Connected && hearer_ == Hearer::Person && notice_utterance_ == 0; }
  /// ... and what comes is of that person.
  [[nodiscard]] bool listens() const { return attends() && !is_held_by_peer(); }
  [[nodiscard]] bool leaves_message() const { return hearer_ == Hearer::MachineBeforeBeep || hearer_ == Hearer::Machine; }

  void answer(base::TimePoint now, ConversationActions& out);
  void say_notice(base::TimePoint now, ConversationActions& out);
  void hang_up(ConversationActions& out);
  void rest(base::TimePoint now);  ///< nobody speaks: the silence timer runs
  void on_silence(base::TimePoint now, ConversationActions& out);
  void on_timers(base::TimePoint now, ConversationActions& out);
  [[nodiscard]] bool is_quiet() const;
  void on_hold_settled(base::TimePoint now, ConversationActions& out);
  void on_hold_limit(base::TimePoint now, ConversationActions& out);
  void tell_back(base::TimePoint now, ConversationActions& out);
  void tell_failed_transfer(base::TimePoint now, ConversationActions& out);

  // conversation_answerer.cpp
  void on_verdict(const media::AnswerVerdict& verdict, base::TimePoint now, ConversationActions& out);
  void prepare_message(base::TimePoint now, ConversationActions& out);
  void on_line_tone(media::LineTone tone, base::TimePoint now, ConversationActions& out);
  void end_screening() { hearer_ = leaves_message() ? Hearer::Machine : Hearer::Person; }

  // conversation_caller.cpp
  void on_digit(char digit, base::TimePoint now, ConversationActions& out);
  void make_room_for_keys(ConversationActions& out);
  void on_keys(std::string keys, base::TimePoint now, ConversationActions& out);
  void on_speech_started(base::TimePoint now, ConversationActions& out);
  void on_speech_stopped(const media::MediaEvent& event, base::TimePoint now, ConversationActions& out);
  void on_cut_off(base::TimePoint now, ConversationActions& out);
  void on_end_of_turn(base::TimePoint now, ConversationActions& out);
  void on_transcript(const Transcript& transcript, base::TimePoint now, ConversationActions& out);
  [[nodiscard]] bool take_late_transcript(const Transcript& transcript, ConversationActions& out);
  void on_utterance_sent(const media::MediaEvent& event, base::TimePoint now, ConversationActions& out);
  void abandon_listening(ConversationActions& out);
  void interrupt(std::string why, ConversationActions& out);
  void rise(ConversationActions& out);
  void on_nothing_said(base::TimePoint now, ConversationActions& out);
  [[nodiscard]] bool is_refused() const;
  [[nodiscard]] TurnInput follow_on(TurnInput input) const;
  bool give_way(base::TimePoint now, ConversationActions& out);

  // conversation_replies.cpp
  void respond(TurnInput input, base::TimePoint now, ConversationActions& out);
  /// The caller speaks or keys in a number. What they have heard nothing of yet waits until it is known what they say.
  [[nodiscard]] bool caller_has_floor() const;
  [[nodiscard]] bool keeps_back() const { return (agent_.state() == AgentFloor::State::Thinking || agent_.is_in_gap()) && caller_has_floor(); }
  void go_on(base::TimePoint now, ConversationActions& out);
  void on_reply_event(const ThinkEvent& event, base::TimePoint now, ConversationActions& out);
  void on_reply_text(const ReplyText& text, base::TimePoint now, ConversationActions& out);
  void on_reply_done(base::TimePoint now, ConversationActions& out);
  void on_filler(base::TimePoint now, ConversationActions& out);
  void speak(std::string text, AgentFloor::Part part, base::TimePoint now, ConversationActions& out);
  void say_own(std::string_view text, base::TimePoint now, ConversationActions& out);  ///< a whole reply of our own
  void finish_reply_if_heard(base::TimePoint now, ConversationActions& out);
  void perform(const ReplyAction& action, base::TimePoint now, ConversationActions& out);
  void on_failure(Stage stage, std::string why, base::TimePoint now, ConversationActions& out);
  void on_refused(const ThinkFailed& refused, base::TimePoint now, ConversationActions& out);
  [[nodiscard]] std::string_view apology_for(Stage stage) const;
  void give_up(Stage stage, base::TimePoint now, ConversationActions& out);
  [[nodiscard]] bool leave_loading_model(base::TimePoint now, ConversationActions& out);
  void leave_to_others(base::TimePoint now, ConversationActions& out);
  [[nodiscard]] bool begin_last_resort();
  void transfer_to_a_person(base::TimePoint now, ConversationActions& out);

  // conversation_tools.cpp
  void leave_undone(const ToolCall& call, ConversationActions& out);
  void on_tool_call(const ToolCall& call, base::TimePoint now, ConversationActions& out);
  void tell_late_results(base::TimePoint now, ConversationActions& out);
  void spoil_question(ConversationActions& out);
  void drop_questions(ConversationActions& out);
  void ask_when_quiet(base::TimePoint now, ConversationActions& out);
  void on_question_sent(const media::MediaEvent& event, ConversationActions& out);

  ConversationOptions options_;
  Phase phase_ = Phase::Idle;
  Hearer hearer_ = Hearer::Person;
  CallerFloor caller_;
  AgentFloor agent_;
  ToolQuestion question_;
  HandOver hand_over_;
  Patience patience_;
  DigitCollector digits_;
  std::string late_results_;            // names of tools whose results the model has, and the caller has not heard
  bool is_back_ = false;                // the caller, from a hold, and the thinker does not know it yet
  std::string other_caller_;            // who is on the line now, and the thinker does not know it yet
  std::uint32_t notice_utterance_ = 0;  // that says the notice, until its last frame has left
  bool empty_reply_ = false;            // by that the thinker failed last
  bool stalled_ = false;                // ... or by that: it may go on
  std::string loads_;                   // why the thinker loads its model, until anything comes of the present turn; "": it does not
  std::string closing_why_;
  base::TimePoint ring_until_{};
  Deadline answer_at_;
};

}  // namespace offhook::inline v0::agent
