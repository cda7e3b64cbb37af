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
#include <offhook/media/detect/answer_watch.hpp>
#include <offhook/media/port/audio_port.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// The behaviour when a machine answers an outgoing call. To detect a machine, the agent is silent until AnswerWatch has a verdict: usually
/// a second after a person's first words.
enum class MachinePolicy : std::uint8_t {
  Ignore,   ///< no detection: the greeting begins at once
  HangUp,
  Speak,    ///< the agent says the message after the beep, then hangs up
};

struct ConversationOptions {
  MachinePolicy machine = MachinePolicy::Ignore;                 ///< what the agent does if a machine answers an outgoing call
  base::Duration ring_for{};                                     ///< shortest ring time before the answer
  base::Duration answer_at_latest = std::chrono::seconds(2);     ///< longest wait for the greeting; then the agent answers without it
  base::Duration end_of_turn = std::chrono::milliseconds(500);   ///< silence that ends the caller's turn
  /// Shorter speech over the agent's voice does not interrupt the agent, and is not transcribed.
  base::Duration confirm_interruption = std::chrono::milliseconds(240);
  /// Speech between confirm_interruption and this length interrupts the agent only if its transcript has words. The value includes the
  /// 120 ms to detect the end of speech.
  base::Duration longest_cough = std::chrono::milliseconds(500);
  base::Duration shortest_speech = std::chrono::milliseconds(160);       ///< a shorter turn counts as a noise if it is not understood and interrupts nothing
  /// True: each turn that is shorter than shortest_speech is dropped, even if the session takes turns as audio.
  bool drop_brief_turns = false;
  base::Duration digit_gap = std::chrono::seconds(3);
  bool keys_together = false;                                    ///< true: unexpected keys in quick succession are one input
  base::Duration silence_prompt = std::chrono::seconds(8);       ///< silence after which the agent prompts the caller
  unsigned max_silences = 3;                                     ///< number of these prompts before the agent says goodbye
  base::Duration call_limit = std::chrono::minutes(30);
  /// Longest time for the farewell. Then the agent hangs up, even if the caller has not heard the farewell (on hold, for example).
  base::Duration farewell_limit = std::chrono::seconds(20);
  base::Duration hold_limit = std::chrono::minutes(10);          ///< longest hold by the caller's side; then the agent hangs up or transfers
  base::Duration media_lost_limit = std::chrono::seconds(20);    ///< time after MediaLost until the agent hangs up, unless media return
  base::Duration listen_deadline = std::chrono::seconds(4);
  base::Duration think_deadline = std::chrono::seconds(8);
  base::Duration speak_deadline = std::chrono::seconds(5);
  base::Duration stall_deadline = std::chrono::seconds(2);       ///< time of silence after which a part that has begun its output counts as stalled
  base::Duration tool_deadline = std::chrono::seconds(60);       ///< time for a tool of the model, including the tool's question to the caller
  unsigned max_attempts = 4;                                     ///< further attempts at one stage of a turn, counted over all parts and providers
  base::Duration filler_after = std::chrono::milliseconds(2500); ///< time without a reply until the agent says a filler
  base::Duration filler_again = std::chrono::seconds(6);         ///< time from one filler to the next
  unsigned max_failures = 3;                                     ///< failures in a row, of any part; then the agent apologises and ends the call
  /// The words about a failed transfer, if the model or dialogue has no words for it or fails.
  std::string transfer_apology = "I am sorry, nobody answers there right now.";
  std::string apology = "I am sorry, something went wrong on my side. Could you say that again?";
  /// Replaces `apology` if the caller had said nothing before.
  std::string mishap = "I am sorry, something went wrong on my side. What can I do for you?";
  std::string transfer_when_lost;                                ///< target of a transfer in place of the goodbye after max_failures; "": no transfer
  std::string filler = "One moment, please.";                    ///< "": the agent says no fillers
  std::string notice;                                            ///< the agent says the notice first, and nothing interrupts it; "": no notice
  std::string empty_reply = "Could you say that again, please?";
  std::string refusal = "I am sorry, I cannot answer that. Can I help you with something else?";  ///< after a refusal by the provider's content filter
  std::string failure_goodbye = "I am sorry, I cannot help you right now. Please call again later. Goodbye.";
  std::string silence_goodbye = "I cannot hear you, so I will hang up now. Goodbye.";
  std::string shutdown_goodbye = "I am sorry, we have to end this call now. Please call again later. Goodbye.";
  std::string limit_goodbye = "We have reached the time limit of this call. Thank you for calling. Goodbye.";
};

/// One conversation as a state machine. The call's media events, the events of the three parts (listener, thinker, speaker), and time go in;
/// actions come out. It handles no audio and is independent of providers. Each stage has a deadline and an alternative, so that the caller is
/// never left in silence.
class Conversation {
 public:
  static constexpr std::size_t kMaxActions = AgentFloor::kMaxActions;  ///< actions of one reply; further actions are dropped
  static constexpr base::Duration kBriefHold = std::chrono::seconds(2);  ///< the caller does not notice a shorter hold by the caller's side
  static constexpr std::size_t kMaxLateResults = 512;  ///< limit of late_results_, in octets; further names are dropped
  static constexpr base::Duration kLongestHold = std::chrono::minutes(2);

  enum class Phase { Idle, Preparing, Answering, Connected, Closing, Ended };

  explicit Conversation(ConversationOptions options);

  /// The call rings: prepares the greeting. AnswerCall follows when the greeting's first sample exists.
  void start(base::TimePoint now, ConversationActions& out);
  /// The call is answered, and audio may flow.
  void on_connected(base::TimePoint now, ConversationActions& out);
  void on_ended();
  /// The transfer of TransferCall failed. The thinker gets an input (TurnInput::Kind::Failure) when caller and agent are silent, and the call continues.
  void on_transfer_failed(AfterTransfer caller, base::TimePoint now, ConversationActions& out);
  /// The caller's side has put the agent on hold (RFC 3264 section 8.4), or has ended the hold.
  void on_peer_hold(bool holds, base::TimePoint now, ConversationActions& out);
  /// The caller's side reports that another person is on the line now (RFC 4916). The thinker gets an input when caller and agent are
  /// silent. `who` is the name and number in the form for a prompt.
  void on_other_caller(std::string who, base::TimePoint now, ConversationActions& out);
  /// Returns true while the audio of the caller's side is music on hold and not the caller's voice.
  [[nodiscard]] bool is_held_by_peer() const { return hand_over_.is_held_by_peer(); }
  /// Says `farewell` and hangs up (drain, limits); "" hangs up at once.
  void close(std::string why, std::string_view farewell, base::TimePoint now, ConversationActions& out);
  void shut_down(base::TimePoint now, ConversationActions& out) { close("shutdown", options_.shutdown_goodbye, now, out); }

  void on_media(const media::MediaEvent& event, base::TimePoint now, ConversationActions& out);
  void on_listen(const ListenEvent& event, base::TimePoint now, ConversationActions& out);
  void on_think(const ThinkEvent& event, base::TimePoint now, ConversationActions& out);
  void on_speak(const SpeakEvent& event, base::TimePoint now, ConversationActions& out);  ///< uses only the words and the length of the audio
  /// The session took the turn's audio, so the turn needs no transcript. If the session detects the end of the turn itself, on_taken() may
  /// come before the conversation detects the end.
  void on_taken(std::uint32_t listen_turn, base::TimePoint now, ConversationActions& out);
  void on_tool(const ToolOutcome& outcome, base::TimePoint now, ConversationActions& out);
  /// Takes a step of AnswerWatch: its verdict about the party that answered an outgoing call, or the moment from which on an answering machine
  /// records.
  void on_answerer(const media::AnswerWatch::Step& step, base::TimePoint now, ConversationActions& out);
  /// Returns true while the agent must not speak in an outgoing call: it is not known yet who answered, or an answering machine still plays its
  /// greeting.
  [[nodiscard]] bool holds_back() const { return hearer_ == Hearer::Unjudged || hearer_ == Hearer::MachineBeforeBeep; }
  /// Returns true while the stream must not play the prepared audio: holds_back() is true, or the caller began to speak before hearing any of it.
  [[nodiscard]] bool holds_playout() const;
  /// A tool asks the caller a question, in Offhook's own words. The agent says it when caller and agent are silent. Until
  /// set_awaits_answer(false), keys and words of the caller are the answer to the question, and the thinker does not get them.
  void ask(std::string question, base::TimePoint now, ConversationActions& out);
  void set_awaits_answer(bool awaits) { question_.set_awaits_answer(awaits); }
  /// Call it when no tool asks a question any more. Drops the question that was not said yet.
  void withdraw_question() { question_.withdraw(); }
  /// Call it when no provider can repeat the stage of TryAgain.
  void on_no_other_way(Stage stage, base::TimePoint now, ConversationActions& out);
  void on_time(base::TimePoint now, ConversationActions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] Phase phase() const { return phase_; }
  /// Returns the budget of further attempts in the present turn, which the parts of the session share.
  [[nodiscard]] TurnRetries& retries() { return retries_; }
  /// Returns the part of the present reply that the caller has heard, which the record must still get if the call ends now.
  [[nodiscard]] std::optional<AgentSaid> unfinished_reply() const;
  /// Returns the turn of the thinker's reply that is cut off if the call ends now; nullopt if there is no such reply.
  [[nodiscard]] std::optional<std::uint32_t> open_reply() const;
  /// Returns true while the caller waits for a different person: on hold, or during a transfer.
  [[nodiscard]] bool caller_waits() const { return phase_ == Phase::Connected && hand_over_.caller_waits(); }
  [[nodiscard]] std::uint32_t turns() const { return agent_.turn(); }
  [[nodiscard]] bool is_consistent() const;

 private:
  /// The party that hears the agent, as far as it is known for an outgoing call.
  enum class Hearer : std::uint8_t {
    Person,
    Unjudged,           ///< unknown so far; the agent is silent
    MachineBeforeBeep,  ///< the agent waits for the end of the machine's greeting
    Machine,            ///< the agent gets no reply, and hangs up after the message
  };

  /// Returns true while the agent listens to a person. A machine's greeting does not count as a turn. During the notice the agent does not
  /// listen, so that no caller can interrupt it.
  [[nodiscard]] bool attends() const { return phase_ == Phase::Connected && hearer_ == Hearer::Person && notice_utterance_ == 0; }
  /// Returns true while the agent listens, and the received audio is not music on hold.
  [[nodiscard]] bool listens() const { return attends() && !is_held_by_peer(); }
  /// Returns true while missing media mean that the caller is gone. The peer need not send media before the answer, during a hold, and while
  /// the peer calls the target of a transfer.
  [[nodiscard]] bool expects_media() const { return phase_ == Phase::Connected && !is_held_by_peer() && !hand_over_.is_transferring(); }
  [[nodiscard]] bool leaves_message() const { return hearer_ == Hearer::MachineBeforeBeep || hearer_ == Hearer::Machine; }

  void answer(base::TimePoint now, ConversationActions& out);
  void say_notice(base::TimePoint now, ConversationActions& out);
  void hang_up(ConversationActions& out);
  void rest(base::TimePoint now);  ///< starts the silence timer, if caller and agent are silent
  void on_silence(base::TimePoint now, ConversationActions& out);
  void on_timers(base::TimePoint now, ConversationActions& out);
  [[nodiscard]] bool is_quiet() const;
  void limit_missing_media(base::TimePoint now);
  bool transfer_to(std::string target, ConversationActions& out);
  void on_hold_settled(base::TimePoint now, ConversationActions& out);
  void on_hold_limit(base::TimePoint now, ConversationActions& out);
  void report_back(base::TimePoint now, ConversationActions& out);
  void report_failed_transfer(base::TimePoint now, ConversationActions& out);

  // Defined in conversation_answerer.cpp.
  void on_verdict(const media::AnswerVerdict& verdict, base::TimePoint now, ConversationActions& out);
  void prepare_message(base::TimePoint now, ConversationActions& out);
  void on_line_tone(media::LineTone tone, base::TimePoint now, ConversationActions& out);
  void end_screening() { hearer_ = leaves_message() ? Hearer::Machine : Hearer::Person; }

  // Defined in conversation_caller.cpp.
  void on_digit(char digit, base::TimePoint now, ConversationActions& out);
  void make_room_for_keys(ConversationActions& out);
  void on_keys(std::string keys, base::TimePoint now, ConversationActions& out);
  void on_speech_started(const media::MediaEvent& event, base::TimePoint now, ConversationActions& out);
  void on_speech_stopped(const media::MediaEvent& event, base::TimePoint now, ConversationActions& out);
  void on_interruption_timers(base::TimePoint now, ConversationActions& out);
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

  // Defined in conversation_replies.cpp.
  void respond(TurnInput input, base::TimePoint now, ConversationActions& out);
  /// Returns true while the caller speaks or keys in a number. A reply of which the caller has heard nothing waits until this input is known.
  [[nodiscard]] bool caller_has_floor() const;
  [[nodiscard]] bool keeps_back() const { return (agent_.state() == AgentFloor::State::Thinking || agent_.is_in_gap()) && caller_has_floor(); }
  void go_on(base::TimePoint now, ConversationActions& out);
  void on_reply_event(const ThinkEvent& event, base::TimePoint now, ConversationActions& out);
  void on_reply_text(const ReplyText& text, base::TimePoint now, ConversationActions& out);
  void on_reply_done(base::TimePoint now, ConversationActions& out);
  void on_filler(base::TimePoint now, ConversationActions& out);
  void speak(std::string text, AgentFloor::Part part, base::TimePoint now, ConversationActions& out);
  void say_own(std::string_view text, base::TimePoint now, ConversationActions& out);  ///< says a whole reply in Offhook's own words
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

  // Defined in conversation_tools.cpp.
  void leave_undone(const ToolCall& call, ConversationActions& out);
  void on_tool_call(const ToolCall& call, base::TimePoint now, ConversationActions& out);
  void report_late_results(base::TimePoint now, ConversationActions& out);
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
  TurnRetries retries_;
  DigitCollector digits_;
  std::string late_results_;            // names of tools whose results the model has, but has not told the caller
  bool is_back_ = false;                // true: the caller is back from a hold, and the thinker has no input about it yet
  std::string other_caller_;            // the person who is on the line now, until the thinker has an input about it
  std::uint32_t notice_utterance_ = 0;  // the utterance of the notice, until its last frame has left; otherwise 0
  bool empty_reply_ = false;            // true: the thinker's last failure was an empty reply
  bool stalled_ = false;                // true: the thinker's last failure was a stall, so the thinker may continue
  std::string loads_;                   // why the thinker's model is loading, if the last event of the present turn was ModelLoads; otherwise ""
  std::string closing_why_;
  base::TimePoint ring_until_{};
  Deadline answer_at_;
};

}  // namespace offhook::inline v0::agent
