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

/// The dialogue of one call. Pure: it takes a turn and returns the complete reply at once, without a thread, a clock or randomness.
class DialogueMachine {
 public:
  enum class State : std::uint8_t {
    Free,            ///< the caller may name any wish
    ConfirmingWish,  ///< waits for yes or no to "You want ..., is that right?"
    Asking,          ///< a form waits for the value of its slot
    Confirming,      ///< a form waits for yes, no or a correction
  };

  /// Borrows both arguments, which must outlive the machine. `matcher` must be made from `dialogue`.
  DialogueMachine(const Dialogue& dialogue, const IntentMatcher& matcher);
  DialogueMachine(const DialogueMachine&) = delete;  // Its parts hold pointers to each other.
  DialogueMachine& operator=(const DialogueMachine&) = delete;

  /// Appends the reply to `input`: intent, texts, action, expectation, and ReplyDone at the end.
  void on_turn(const TurnInput& input, std::vector<ThinkEvent>& out);
  /// Reports how much of the reply to `turn` the caller heard. A yes confirms no value whose read-back was cut off. If the
  /// words that interrupted a reply are not understood, the machine says that reply again.
  void on_heard(std::uint32_t turn, std::string_view text, bool interrupted) { writer_.on_heard(turn, text, interrupted); }

  [[nodiscard]] State state() const;
  /// Returns the value of a slot; "" if it has none yet.
  [[nodiscard]] std::string_view slot(std::string_view name) const { return values_.get(name); }
  /// Returns the intent that is being confirmed; null in other states.
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
  /// Returns the intent of the key 0 if `text` is "zero"; null for any other text, or if the zero may be a digit of a number.
  [[nodiscard]] const Intent* meant_by_zero(std::string_view text) const;
  [[nodiscard]] IntentMatch match(std::string_view text) const;
  [[nodiscard]] IntentMatch match_anywhere(std::string_view text) const;
  [[nodiscard]] const Intent* intent_of_key(std::string_view keys) const;

  const Dialogue& dialogue_;
  const IntentMatcher& matcher_;
  SlotValues values_;
  ReplyWriter writer_;
  FormFiller form_;
  std::uint32_t misses_ = 0;    // consecutive turns that were not understood
  std::uint32_t silences_ = 0;  // consecutive silences

  IntentMatch wish_;                 // the wish that is being confirmed
  std::string wish_text_;            // the wish in the caller's words
  std::uint32_t wish_attempts_ = 0;  // failed attempts to confirm it
  bool guessed_wrong_ = false;       // true after a wrong guess, until a wish is carried out: the dialogue confirms only sure matches
};

}  // namespace offhook::inline v0::agent::embedded
