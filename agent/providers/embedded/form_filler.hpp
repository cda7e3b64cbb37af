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

/// Fills the slots of one intent after the other: asks, grounds what was understood (reads it back and waits for a yes, or
/// says it in passing), mends what the caller corrects, asks again in other words, and gives up after a bounded number of
/// attempts. Writes into the machine's reply. Pure, as the machine is.
class FormFiller {
 public:
  enum class State : std::uint8_t { Idle, Asking, Confirming };
  enum class Outcome : std::uint8_t {
    Open,     ///< the form goes on, or there is none
    Filled,   ///< all slots of intent() are known; idle
    GivenUp,  ///< the attempts are used up and give_up was said; then_what() says where to go; idle
  };

  /// All are borrowed.
  FormFiller(const Dialogue& dialogue, SlotValues& values, ReplyWriter& writer);

  /// `intent` has slots. `text` is the wish as it was said: a number in it is taken for the first slot.
  Outcome begin(const Intent& intent, std::string_view text);
  Outcome on_speech(std::string_view text);
  Outcome on_keys(std::string_view keys);
  Outcome on_not_understood();
  void on_silence();
  /// The caller wants something else.
  void leave();
  /// Idle, right after a value was said in passing (implicit grounding): whether `text` denies it, and the form is open again.
  std::optional<Outcome> on_afterthought(std::string_view text);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] const Intent& intent() const { return *intent_; }
  [[nodiscard]] const DialogueAction& then_what() const { return form().then; }
  /// The slot that is being filled; not when idle.
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
  const Intent* intent_ = nullptr;  // Of the latest form.
  std::size_t slot_index_ = 0;
  std::uint32_t attempts_ = 0;  // That failed, of the slot.
  std::uint32_t reopened_ = 0;  // How often something said in passing was denied.
  bool keys_only_ = false;      // The last attempt.
  std::optional<std::size_t> said_in_passing_;  // The slot that the reply before grounded implicitly.
};

}  // namespace offhook::inline v0::agent::embedded
