#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/embedded/dialogue.hpp>
#include <offhook/agent/providers/embedded/form_filler.hpp>
#include <offhook/agent/providers/embedded/intent_matcher.hpp>
#include <offhook/agent/providers/embedded/reply_writer.hpp>
#include <offhook/agent/providers/embedded/slot_values.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::embedded {

/// One call's way through the dialogue. Pure: a turn in, the whole reply out, at once; no thread, no clock, no randomness.
class DialogueMachine {
 public:
  enum class State : std::uint8_t {
    Free,            ///< anything may be asked for
    ConfirmingWish,  ///< yes or no to "You want ..., is that right?"
    Asking,          ///< a form waits for its slot
    Confirming,      ///< a form waits for yes, no or a correction
  };

  /// Both are borrowed and must outlive the machine; `matcher` was made from `dialogue`.
  DialogueMachine(const Dialogue& dialogue, const IntentMatcher& matcher);
  DialogueMachine(const DialogueMachine&) = delete;  // Its parts point at each other.
  DialogueMachine& operator=(const DialogueMachine&) = delete;

  /// Appends the reply: intent, texts, action, what to expect; ReplyDone is last.
  void on_turn(const TurnInput& input, std::vector<ThinkEvent>& out);
  /// What came through to the caller of the reply to `turn`. What was not read back to its end is not confirmed by a yes, and
  /// a reply that was cut off is said again when what cut it off was not understood.
  void on_heard(std::uint32_t turn, std::string_view text, bool interrupted) { writer_.on_heard(turn, text, interrupted); }

  [[nodiscard]] State state() const;
  /// The value of a slot, "" before.
  [[nodiscard]] std::string_view slot(std::string_view name) const { return values_.get(name); }
  /// The intent that is being confirmed; null in other states.
  [[nodiscard]] const Intent* wish_in_question() const { return wish_.intent; }

 private:
  void on_speech(const TurnInput& input);
  void on_speech_free(const TurnInput& input, const std::string& wish);
  void on_speech_confirming_wish(const TurnInput& input, const std::string& wish);
  void on_keys(std::string_view keys);
  void on_keys_free(std::string_view keys);
  void on_silence();
  void on_not_understood();

  void perform(const Intent& intent, double score, std::string_view text);
  void confirm_wish(const IntentMatch& match, std::string_view text);
  void reconfirm_wish();
  void drop_guess();
  void carry_on(FormFiller::Outcome outcome);
  void finish(const Intent& intent);
  void leave_open_questions();
  void do_action(const DialogueAction& action);
  void hand_over();
  void hang_up();
  [[nodiscard]] ReplyExpects expects() const;
  /// Returns the intent of the key 0 when `text` is "zero"; null when `text` is something else, or a digit of a number.
  [[nodiscard]] const Intent* meant_by_zero(std::string_view text) const;
  [[nodiscard]] IntentMatch match(std::string_view text) const;
  [[nodiscard]] IntentMatch match_anywhere(std::string_view text) const;
  [[nodiscard]] const Intent* intent_of_key(std::string_view keys) const;

  const Dialogue& dialogue_;
  const IntentMatcher& matcher_;
  SlotValues values_;
  ReplyWriter writer_;
  FormFiller form_;
  std::uint32_t misses_ = 0;    // In a row.
  std::uint32_t silences_ = 0;  // In a row.

  IntentMatch wish_;                 // That is being confirmed.
  std::string wish_text_;            // As it was said.
  std::uint32_t wish_attempts_ = 0;  // To confirm it, that failed.
  bool guessed_wrong_ = false;       // True from a wrong guess until a wish is carried out: the dialogue offers no second guess.
};

}  // namespace offhook::inline v0::agent::embedded
