#pragma once

#include <offhook/agent/providers/embedded/dialogue.hpp>
#include <offhook/agent/providers/embedded/reply_writer.hpp>
#include <offhook/agent/providers/embedded/slot_values.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::embedded {

/// Fills the slots of an intent one after the other. For each slot it asks for the value, and confirms the value that it understood,
/// by a question, or by a mention in the next sentence. It accepts corrections, asks again in other words, and gives up after a
/// bounded number of attempts. It writes its texts into the machine's reply. Pure, like the machine.
class FormFiller {
 public:
  enum class State : std::uint8_t { Idle, Asking, Confirming };
  enum class Outcome : std::uint8_t {
    Open,     ///< the form continues, or no form is open
    Filled,   ///< all slots of intent() have values; the form is idle
    GivenUp,  ///< no attempt is left, and the text give_up was said; then_what() is the next action; the form is idle
  };

  /// Borrows all arguments, which must outlive the object.
  FormFiller(const Dialogue& dialogue, SlotValues& values, ReplyWriter& writer);

  /// Begins the form of `intent`, which must have slots. `text` is the caller's wish: a number in it becomes the value of the first
  /// slot.
  Outcome begin(const Intent& intent, std::string_view text);
  Outcome on_speech(std::string_view text);
  Outcome on_keys(std::string_view keys);
  Outcome on_not_understood();
  void on_silence();
  /// Ends the form. Call it when the caller has another wish.
  void leave();
  /// Call it in the turn after the form was filled, for the value that was grounded implicitly. If `text` denies the value, opens the
  /// form again and returns the outcome; otherwise returns nullopt.
  std::optional<Outcome> on_afterthought(std::string_view text);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] const Intent& intent() const { return *intent_; }
  [[nodiscard]] const DialogueAction& then_what() const { return form().then; }
  /// Returns the slot that is being filled. Must not be called when idle.
  [[nodiscard]] const Slot& wanted() const;

 private:
  Outcome on_speech_asking(std::string_view text);
  Outcome on_speech_confirming(std::string_view text);
  Outcome on_keys_asking(std::string_view keys);
  Outcome on_keys_confirming(std::string_view keys);

  Outcome ask();
  Outcome take(std::string value);
  Outcome accept();
  Outcome correct(std::string number);
  Outcome reconfirm();
  Outcome retry();
  Outcome give_up();
  Outcome reopen(std::size_t slot_index, std::string_view text);
  [[nodiscard]] bool fits(std::string_view number) const;
  [[nodiscard]] const Form& form() const;

  const Dialogue& dialogue_;
  SlotValues& values_;
  ReplyWriter& writer_;
  State state_ = State::Idle;
  const Intent* intent_ = nullptr;  // intent of the latest form
  std::size_t slot_index_ = 0;
  std::uint32_t attempts_ = 0;  // failed attempts for the present slot
  std::uint32_t reopened_ = 0;  // number of denials of values that were grounded implicitly
  bool keys_only_ = false;      // true: the last attempt, which accepts only key presses
  std::optional<std::size_t> said_in_passing_;  // index of the slot that the previous reply grounded implicitly
};

}  // namespace offhook::inline v0::agent::embedded
