#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/embedded/dialogue.hpp>
#include <offhook/agent/providers/embedded/intent_matcher.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::embedded {

/// One call's way through the dialogue. Pure: a turn in, the whole reply out, at once; no thread, no clock, no randomness.
class DialogueMachine {
 public:
  enum class State : std::uint8_t {
    Free,        ///< anything may be asked for
    Asking,      ///< a form waits for its slot
    Confirming,  ///< a form waits for yes or no
  };

  /// Both are borrowed and must outlive the machine; `matcher` was made from `dialogue`.
  DialogueMachine(const Dialogue& dialogue, const IntentMatcher& matcher);

  /// Appends the reply: intent, texts, action, what to expect; ReplyDone is last.
  void on_turn(const TurnInput& input, std::vector<ThinkEvent>& out);
  /// What came through to the caller of the reply to `turn`. A number that was not read back to its end is not confirmed by a yes,
  /// and a reply that was cut off is said again when what cut it off was not understood.
  void on_heard(std::uint32_t turn, std::string_view text, bool interrupted);

  [[nodiscard]] State state() const { return state_; }
  /// The confirmed value of a slot, "" before.
  [[nodiscard]] std::string_view slot(std::string_view name) const;

 private:
  using Out = std::vector<ThinkEvent>;

  void on_speech(const TurnInput& input, Out& out);
  void on_speech_asking(std::string_view text, Out& out);
  void on_speech_confirming(std::string_view text, Out& out);
  void on_keys(std::string_view keys, Out& out);
  void on_keys_asking(std::string_view keys, Out& out);
  void on_keys_confirming(std::string_view keys, Out& out);
  void on_silence(Out& out);
  void on_not_understood(Out& out);

  void perform(const Intent& intent, double score, std::string_view text, Out& out);
  void take(std::string value, Out& out);
  void confirm(Out& out);
  void accept(Out& out);
  void retry(Out& out);
  void give_up(Out& out);
  void finish(const Intent& intent, Out& out);
  void say_again(Out& out);
  void leave_form();

  void say(const Phrases& phrases, Out& out);
  void say_text(std::string text, Out& out);
  void act(ReplyAction::What what, std::string argument, Out& out);
  [[nodiscard]] const Form& form() const;
  [[nodiscard]] const Slot& wanted() const;
  [[nodiscard]] std::string fill(std::string_view text) const;

  const Dialogue& dialogue_;
  const IntentMatcher& matcher_;
  State state_ = State::Free;
  std::uint32_t turn_ = 0;
  std::uint32_t misses_ = 0;    // In a row.
  std::uint32_t silences_ = 0;  // In a row.
  std::map<const Phrases*, std::size_t> used_;  // Which alternative comes next.

  const Intent* form_intent_ = nullptr;
  std::size_t slot_index_ = 0;
  std::uint32_t attempts_ = 0;
  std::map<std::string, std::string, std::less<>> values_;

  std::vector<std::string> reply_;       // Sentences of the latest reply.
  std::vector<std::string> last_reply_;  // Sentences of the reply before, while a turn is answered.
  bool cut_off_ = false;                 // The latest reply was interrupted before its essence was heard.
  bool ended_ = false;                   // The reply ends in an action that takes the call away: nothing to expect.
};

}  // namespace offhook::inline v0::agent::embedded
