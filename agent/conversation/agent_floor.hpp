#pragma once

#include <offhook/agent/conversation/actions.hpp>
#include <offhook/agent/conversation/deadline.hpp>
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

/// A part that is late is looked at again so soon, where something else is waited for first.
inline constexpr base::Duration kLookAgain = std::chrono::milliseconds(100);

struct AgentTimes {
  base::Duration think, speak;                ///< for the next piece of text or of audio
  base::Duration stall;                       ///< of a part that has begun to yield: so long may the caller hear nothing more
  base::Duration tool;                        ///< for a tool of the reply, its question to the caller included
  base::Duration filler_after, filler_again;  ///< a reply that is not there by then is waited for with words
  bool fills = true;                          ///< false: the caller waits in silence
};

/// The agent's side of a conversation: the turn that the thinker answers, the reply as it is spoken, and the actions and tools of that reply.
/// Every stage has a deadline. Pure.
class AgentFloor {
 public:
  static constexpr std::size_t kMaxActions = 8;  ///< of one reply; one more is not done
  static constexpr std::size_t kMaxTools = 64;   ///< that are at work; the outcome of one more is told to the model, and no more
  static constexpr std::size_t kMaxKept = 256;   ///< events of the thinker that wait; one more is dropped, unless it ends the reply

  enum class State : std::uint8_t { Idle, Thinking, Speaking };
  /// Whose words the present reply is made of.
  enum class Words : std::uint8_t {
    Thinker,
    Ours,    ///< an apology, a farewell, a question of a tool
    Filler,  ///< said while the listener works: a small reply of its own, which the thinker's may follow
  };

  explicit AgentFloor(AgentTimes times) : times_(times) {}

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool is_idle() const { return state_ == State::Idle; }
  [[nodiscard]] std::uint32_t turn() const { return turn_; }               ///< the last one that the thinker was given
  [[nodiscard]] std::uint32_t utterance() const { return utterance_; }     ///< the last one that the speaker was given
  [[nodiscard]] const TurnInput& input() const { return input_; }          ///< what the thinker answers
  [[nodiscard]] const Reply& reply() const { return reply_; }
  [[nodiscard]] bool speaks_own_words() const { return words_ != Words::Thinker; }
  [[nodiscard]] bool is_filling() const { return state_ == State::Speaking && words_ == Words::Filler; }
  /// Words that the speaker was asked for are not spoken yet, or the caller has not heard all that was spoken.
  [[nodiscard]] bool is_speaking() const { return unspoken_ > 0 || reply_.outstanding(); }
  [[nodiscard]] const std::string& expect() const { return expect_; }      ///< how to listen next: ReplyExpects

  // --- a reply
  /// Numbers `input` and starts the reply to it. A filler goes on: the reply follows it.
  [[nodiscard]] TurnInput begin(TurnInput input, base::TimePoint now);
  /// Starts a reply in words of ours, which end when complete() is called.
  void begin_own(Words words);
  /// The reply is over or was cancelled: nothing more of it is awaited.
  void forget();
  void complete() { reply_.complete(); }  ///< words of ours: no more will come
  /// The caller has heard all that there was of the reply. Returns true when it was a filler alone, whose reply is still awaited.
  [[nodiscard]] bool finish();

  // --- the thinker
  void expect(std::string how) { expect_ = std::move(how); }
  /// Text of the thinker came.
  void on_text(base::TimePoint now);
  /// The thinker is at work on the next piece of text.
  void on_growth(base::TimePoint now);
  /// The reply is whole.
  void on_thought() { reply_.complete(), think_at_ = filler_at_ = std::nullopt; }
  void on_tool_call(const ToolCall& call, base::TimePoint now);
  /// Returns false when it is of no tool of the present reply.
  [[nodiscard]] bool on_tool_outcome(const ToolOutcome& outcome, base::TimePoint now);
  /// Returns the tool's name, once, when it is of a reply that was cut off meanwhile.
  [[nodiscard]] std::optional<std::string> take_late_tool(const ToolOutcome& outcome);
  /// Performed when the caller has heard the reply. Beyond kMaxActions it is dropped.
  void add_action(ReplyAction action);
  [[nodiscard]] bool has_actions() const { return !actions_.empty(); }
  [[nodiscard]] std::vector<ReplyAction> take_actions() { return std::exchange(actions_, {}); }

  /// The event waits, because the caller has the floor. Returns false when there is no room.
  [[nodiscard]] bool keep(const ThinkEvent& event, base::TimePoint now);
  [[nodiscard]] bool has_kept() const { return !kept_.empty(); }
  [[nodiscard]] const std::vector<ThinkEvent>& kept() const { return kept_; }
  [[nodiscard]] std::vector<ThinkEvent> take_kept(base::TimePoint now);
  /// The thinker's reply is awaited or waits to be heard, and it has called no tool.
  [[nodiscard]] bool is_untold() const { return !is_idle() && !speaks_own_words() && !called_tool_ && reply_.is_untold(); }
  /// All that was said has been heard, and more is to come.
  [[nodiscard]] bool is_in_gap() const { return state_ == State::Speaking && !is_speaking() && !reply_.is_complete(); }

  // --- the speaker
  enum class Part : std::uint8_t {
    OfReply,
    Aside,  ///< words of ours that are no part of the reply
  };
  /// Returns what to ask of the speaker; nothing when the reply is too long.
  [[nodiscard]] std::optional<Speak> say(std::string text, Part part, base::TimePoint now);
  /// The speaker was asked for `utterance` in this reply and has not finished it.
  [[nodiscard]] bool awaits(std::uint32_t utterance) const;
  void on_audio(const SpeechAudio& audio, base::TimePoint now);
  void on_spoken(base::TimePoint now);
  void on_sent(std::uint32_t utterance, std::uint32_t word) { reply_.on_sent(utterance, word); }
  void on_utterance_sent(std::uint32_t utterance) { reply_.on_utterance_over(utterance, true); }
  /// The caller has heard nothing but asides, and the rest can be said again: it is no voice of the model's.
  [[nodiscard]] bool may_take_back() const { return reply_.is_untold() && words_ != Words::Ours && !reply_.is_voiced(); }
  /// The speaker and the worker forget all that was asked of them. What of it is the reply waits, as if it had just come.
  void take_back(base::TimePoint now);

  // --- fillers
  void fill_at(base::TimePoint at) { if (times_.fills) filler_at_ = at; }
  /// As fill_at(), where no filler is due yet.
  void fill_by(base::TimePoint at) { if (!filler_at_) fill_at(at); }
  void fill_after(base::TimePoint now) { fill_at(now + times_.filler_after); }
  void fill_again(base::TimePoint now) { filler_at_ = now + times_.filler_again; }
  void no_filler() { filler_at_.reset(); }
  [[nodiscard]] bool has_filler_due() const { return filler_at_.has_value(); }

  // --- failures and time
  /// Think or Speak is tried once more in this turn.
  void try_again(Stage stage, base::TimePoint now);
  [[nodiscard]] unsigned attempts(Stage stage) const { return stage == Stage::Think ? think_attempts_ : speak_attempts_; }
  [[nodiscard]] bool take_speak_due(base::TimePoint now) { return take_due(speak_at_, now); }
  [[nodiscard]] bool take_think_due(base::TimePoint now);
  /// The thinker has begun its reply and is late with more of it, but not yet as late as with its first words.
  [[nodiscard]] bool has_stalled(base::TimePoint now) const { return has_begun_ && tools_.empty() && !reply_.says_nothing() && now < since_ + times_.think; }
  /// Nobody can take over from a thinker that has stalled: it has as long as for its first words.
  void wait_for_stalled() { think_at_ = since_ + times_.think; }
  void on_thinker_lost() { has_begun_ = false; }
  /// The thinker is late, but the caller has the floor.
  void look_again_at(base::TimePoint at) { think_at_ = at; }
  [[nodiscard]] bool take_filler_due(base::TimePoint now) { return take_due(filler_at_, now); }
  [[nodiscard]] Deadline next_deadline() const { return earliest({speak_at_, think_at_, filler_at_}); }
  void stop() { speak_at_ = think_at_ = filler_at_ = std::nullopt; }
  [[nodiscard]] bool is_consistent() const;

 private:
  struct OpenTool {
    std::uint32_t turn = 0;
    std::string call_id, name;
  };
  [[nodiscard]] static std::vector<OpenTool>::iterator find(std::vector<OpenTool>& tools, const ToolOutcome& outcome);

  void watch_thinker(base::TimePoint now);
  void watch_speaker(base::TimePoint now);

  AgentTimes times_;
  State state_ = State::Idle;
  Words words_ = Words::Thinker;
  Reply reply_;
  TurnInput input_;
  std::uint32_t turn_ = 0, utterance_ = 0;
  std::string expect_;
  unsigned unspoken_ = 0;    // utterances that the speaker has not finished
  std::vector<OpenTool> tools_;       // of this reply
  bool called_tool_ = false;          // this reply did: what the caller says then is no part of the same input
  std::vector<OpenTool> late_tools_;  // of replies that were cut off
  std::vector<ReplyAction> actions_;
  std::vector<ThinkEvent> kept_;
  unsigned think_attempts_ = 0, speak_attempts_ = 0;  // in this turn
  Deadline think_at_, speak_at_, filler_at_;
  base::TimePoint since_{};       // when the thinker was asked, or yielded, last
  bool has_begun_ = false;        // it has yielded text since it was asked: of the turn, of its tools' results, or as another attempt
  base::TimePoint audio_until_{}; // the audio that has come lasts until then, if it is heard without a pause
};

}  // namespace offhook::inline v0::agent
