#pragma once

#include <offhook/agent/conversation/actions.hpp>
#include <offhook/agent/conversation/deadline.hpp>
#include <offhook/agent/conversation/open_tools.hpp>
#include <offhook/agent/conversation/part_deadlines.hpp>
#include <offhook/agent/conversation/reply.hpp>
#include <offhook/base/time.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent {

/// Time until the conversation checks a late part again, if it must first wait for something else, such as the caller's words.
inline constexpr base::Duration kLookAgain = std::chrono::milliseconds(100);

struct AgentTimes {
  base::Duration think, speak;                ///< longest wait for the thinker's next piece of text, and for the speaker's next audio
  base::Duration stall;                       ///< time of silence after which a part that has begun its output counts as stalled
  base::Duration tool;                        ///< time for a tool of the reply, including the tool's question to the caller
  base::Duration filler_after, filler_again;  ///< time without a reply until the agent says a filler, and time from one filler to the next
  bool fills = true;                          ///< false: the agent says no fillers
};

/// The agent's side of a conversation: the turn that the thinker (the part that makes replies) answers, the spoken reply, and the actions and
/// tools of that reply. Each stage has a deadline. Pure: no I/O, no clock.
class AgentFloor {
 public:
  static constexpr std::size_t kMaxActions = 8;  ///< actions of one reply; further actions are dropped
  /// Largest number of tools that a reply waits for at the same time. The model gets the outcome of a further tool, but the reply does not
  /// wait for that outcome.
  static constexpr std::size_t kMaxTools = OpenTools::kMax;
  static constexpr std::size_t kMaxKept = 256;   ///< waiting events of the thinker; a further event is dropped, unless it ends the reply

  enum class State : std::uint8_t { Idle, Thinking, Speaking };
  /// The source of the present reply's words.
  enum class Words : std::uint8_t {
    Thinker,
    Ours,    ///< Offhook's own words: an apology, a farewell, a question of a tool
    Filler,  ///< a filler that the agent says while the listener still works; the thinker's reply may follow it
  };

  explicit AgentFloor(AgentTimes times) : times_(times) {}

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool is_idle() const { return state_ == State::Idle; }
  [[nodiscard]] std::uint32_t turn() const { return turn_; }               ///< the last turn that the thinker got
  [[nodiscard]] std::uint32_t utterance() const { return utterance_; }     ///< the last utterance that the speaker got
  [[nodiscard]] const TurnInput& input() const { return input_; }          ///< the input that the thinker answers
  [[nodiscard]] const Reply& reply() const { return reply_; }
  [[nodiscard]] bool speaks_own_words() const { return words_ != Words::Thinker; }
  [[nodiscard]] bool is_filling() const { return state_ == State::Speaking && words_ == Words::Filler; }
  /// Returns true if the speaker has not finished all words of the reply, or if the caller has not heard all of them.
  [[nodiscard]] bool is_speaking() const { return speaker_.is_busy() || reply_.outstanding(); }
  [[nodiscard]] const std::string& expect() const { return expect_; }      ///< words to expect next: ReplyExpects

  // --- a reply
  /// Gives `input` the next turn number, starts the reply to it, and returns the numbered input. If the agent says a filler, the filler
  /// continues, and the reply follows it.
  [[nodiscard]] TurnInput begin(TurnInput input, base::TimePoint now);
  /// Starts a reply in Offhook's own words; complete() ends it.
  void begin_own(Words words);
  /// Clears the state and the deadlines of a reply that is over or was cancelled.
  void forget();
  void complete() { reply_.complete(); }  ///< no more of Offhook's own words will come
  /// Call it when the caller has heard all words of the reply. Returns true if they were only a filler, and the reply to the caller will follow.
  [[nodiscard]] bool finish();

  // --- the thinker
  void expect(std::string how) { expect_ = std::move(how); }
  /// The thinker sent text.
  void on_text(base::TimePoint now);
  /// The thinker reported that it still works on the next piece of text.
  void on_growth(base::TimePoint now);
  /// The thinker has sent the whole reply.
  void on_thought() { reply_.complete(), thinker_.stop(), filler_at_.reset(); }
  void on_tool_call(const ToolCall& call, base::TimePoint now);
  /// Returns false when the tool does not belong to the present reply.
  [[nodiscard]] bool on_tool_outcome(const ToolOutcome& outcome, base::TimePoint now);
  /// If the tool belongs to a reply that was cut off, returns the tool's name, once.
  [[nodiscard]] std::optional<std::string> take_late_tool(const ToolOutcome& outcome) { return tools_.take_late(outcome); }
  /// Adds an action, which follows when the caller has heard the reply. Drops actions beyond kMaxActions.
  void add_action(ReplyAction action);
  [[nodiscard]] bool has_actions() const { return !actions_.empty(); }
  [[nodiscard]] std::vector<ReplyAction> take_actions() { return std::exchange(actions_, {}); }

  /// Stores an event of the thinker while the caller speaks. Returns false when there is no space left.
  [[nodiscard]] bool keep(const ThinkEvent& event, base::TimePoint now);
  [[nodiscard]] bool has_kept() const { return !kept_.empty(); }
  [[nodiscard]] const std::vector<ThinkEvent>& kept() const { return kept_; }
  [[nodiscard]] std::vector<ThinkEvent> take_kept(base::TimePoint now);
  /// Returns true when the caller has heard nothing of the thinker's reply yet, and the reply has called no tool.
  [[nodiscard]] bool is_untold() const { return !is_idle() && !speaks_own_words() && !called_tool_ && reply_.is_untold(); }
  /// Returns true when the caller has heard all words so far, and more will come.
  [[nodiscard]] bool is_in_gap() const { return state_ == State::Speaking && !is_speaking() && !reply_.is_complete(); }

  // --- the speaker
  enum class Part : std::uint8_t {
    OfReply,
    Aside,  ///< Offhook's own words within the reply, which are not part of it
  };
  /// Returns the request for the speaker; nullopt when the reply is too long.
  [[nodiscard]] std::optional<Speak> say(std::string text, Part part, base::TimePoint now);
  /// Returns true when the speaker got `utterance` in this reply and has not finished it.
  [[nodiscard]] bool awaits(std::uint32_t utterance) const { return state_ == State::Speaking && speaker_.awaits(utterance, utterance_); }
  void on_audio(const SpeechAudio& audio, base::TimePoint now);
  void on_spoken(base::TimePoint now) { speaker_.on_done(now); }
  void on_sent(std::uint32_t utterance, std::uint32_t word) { reply_.on_sent(utterance, word); }
  void on_utterance_sent(std::uint32_t utterance) { reply_.on_utterance_over(utterance, true); }
  /// Returns true if the caller has heard only asides, and the agent can say the reply later. It cannot say Offhook's own words later, nor a
  /// reply that the model speaks itself.
  [[nodiscard]] bool may_take_back() const { return reply_.is_untold() && words_ != Words::Ours && !reply_.is_voiced(); }
  /// Postpones the reply: forgets all requests to the speaker, and stores the texts of the reply as if the thinker had just sent them. Drops
  /// the reply instead if it is only a filler.
  void take_back(base::TimePoint now);

  // --- fillers
  void fill_at(base::TimePoint at) { if (times_.fills) filler_at_ = at; }
  /// Calls fill_at() if no time for a filler is set.
  void fill_by(base::TimePoint at) { if (!filler_at_) fill_at(at); }
  void fill_after(base::TimePoint now) { fill_at(now + times_.filler_after); }
  void fill_again(base::TimePoint now) { filler_at_ = now + times_.filler_again; }
  void no_filler() { filler_at_.reset(); }
  [[nodiscard]] bool has_filler_due() const { return filler_at_.has_value(); }

  // --- failures and time
  /// Sets the deadline of `stage`, which is Think or Speak, for another attempt of the conversation.
  void try_again(Stage stage, base::TimePoint now);
  [[nodiscard]] bool take_speak_due(base::TimePoint now) { return speaker_.take_due(now); }
  [[nodiscard]] bool take_think_due(base::TimePoint now);
  /// Returns true if a late thinker counts as stalled: it has sent words of this reply, waits for no tool, and is still within the think time
  /// after its last text.
  [[nodiscard]] bool has_stalled(base::TimePoint now) const { return thinker_.has_begun(now) && !tools_.any() && !reply_.says_nothing(); }
  /// Call it when no other thinker can replace the stalled one. Extends the deadline to the think time after the thinker's last text.
  void wait_for_stalled() { thinker_.wait(); }
  void on_thinker_lost() { thinker_.on_lost(); }
  /// Call it when the thinker is late while the caller speaks. The conversation then checks the thinker again at `at`.
  void look_again_at(base::TimePoint at) { thinker_.set(at); }
  [[nodiscard]] bool take_filler_due(base::TimePoint now) { return take_due(filler_at_, now); }
  [[nodiscard]] Deadline next_deadline() const { return earliest({speaker_.at(), thinker_.at(), filler_at_}); }
  void stop() { speaker_.stop(), thinker_.stop(), filler_at_.reset(); }
  [[nodiscard]] bool is_consistent() const;

 private:
  AgentTimes times_;
  State state_ = State::Idle;
  Words words_ = Words::Thinker;
  Reply reply_;
  TurnInput input_;
  std::uint32_t turn_ = 0, utterance_ = 0;
  std::string expect_;
  OpenTools tools_;
  bool called_tool_ = false;  // true: this reply called a tool, so the caller's next words start a new input
  std::vector<ReplyAction> actions_;
  std::vector<ThinkEvent> kept_;
  ThinkerDeadline thinker_{times_.think, times_.stall, times_.tool};
  SpeakerDeadline speaker_{times_.speak, times_.stall};
  Deadline filler_at_;
};

}  // namespace offhook::inline v0::agent
