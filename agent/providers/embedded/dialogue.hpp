#pragma once

#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The dialogue file: what a caller may want, how they may say it, what is replied and done. docs/embedded-speech.md has the
/// format with an example.
namespace offhook::inline v0::agent::embedded {

inline constexpr std::size_t kMaxDialogueBytes = 256U << 10U;
inline constexpr std::size_t kMaxIntents = 64;        ///< faq entries included
inline constexpr std::size_t kMaxPhrases = 64;        ///< examples of one intent, replies of one list
inline constexpr std::size_t kMaxPhraseBytes = 400;
inline constexpr std::size_t kMaxSlots = 8;
inline constexpr std::size_t kMaxDialogueDigits = 20;  ///< of a slot
inline constexpr std::size_t kMaxPronunciations = 200;
inline constexpr std::size_t kMaxRetries = 3;         ///< of a form

/// Alternatives: the first is used first, then the next one, so that a caller who asks twice hears it in other words.
using Phrases = std::vector<std::string>;

/// What is done after an intent's reply. Repeat says the last reply again; Menu reads the keys out.
struct DialogueAction {
  enum class What : std::uint8_t { None, HangUp, Transfer, Escalate, Repeat, Menu };
  What what = What::None;
  std::string argument;  ///< Transfer: the number
};

/// Whether a wish is confirmed before it is done ("You want our opening hours, is that right?").
enum class ConfirmWish : std::uint8_t {
  Never,
  WhenUnsure,  ///< between the thresholds that reject and those that accept
  Always,
};

/// How common ground is reached about a value (Clark and Brennan's grounding): not at all, in passing ("Thank you, five five
/// five. And your ...?": implicit confirmation, a "that's wrong" takes it back), or by a question (explicit confirmation).
enum class Grounding : std::uint8_t { None, Implicit, Explicit };

/// Something a caller may want. One of `faq` becomes an intent without slots or action, named faq_1, faq_2, ...
struct Intent {
  std::string name;
  Phrases examples;
  Phrases replies;                 ///< may name slots: {callback_number}
  std::vector<std::string> slots;  ///< asked for, in this order, before the reply
  DialogueAction action;
  std::string wish;                ///< as it is read back: "our opening hours"; "" when it is never confirmed
  ConfirmWish confirm = ConfirmWish::Never;
  char key = '\0';                 ///< the telephone key that means it, at any time outside a form
  bool anywhere = false;           ///< understood inside a form too
};

struct Slot {
  enum class Type : std::uint8_t { Digits, YesNo };
  std::string name;
  Type type = Type::Digits;
  std::size_t min_digits = 1, max_digits = kMaxDialogueDigits;
};

/// The form that fills one slot.
struct Form {
  std::string slot;
  Phrases ask;
  Grounding grounding = Grounding::None;
  Phrases confirm;            ///< {slot name} is what was understood; the first, then the others when the answer is unclear
  Phrases retry;              ///< one for each retry at least, so that none sounds like the one before
  std::uint32_t retries = 2;  ///< 0..kMaxRetries more attempts
  Phrases keys;               ///< asks for the keys after that, and nothing but keys counts; empty: no such attempt
  Phrases give_up;
  DialogueAction then;        ///< after give_up: Transfer, HangUp, Escalate, Menu; None: `handoff`, or goodbye without one
};

/// What is said when nothing was understood: first, then with the menu, then never again.
struct Fallback {
  Phrases again, menu, last;
};

struct Dialogue {
  std::string name;
  Phrases greeting, goodbye;
  std::vector<Intent> intents;
  std::vector<Slot> slots;
  std::vector<Form> forms;
  Fallback fallback;
  Phrases silence;              ///< said once when the caller says nothing, before the fallback's steps
  Phrases handoff;              ///< said before the transfer
  std::string handoff_number;   ///< "": nobody to transfer to, so that giving up means goodbye
  Phrases confirm_wish;         ///< {wish} is the intent's; the first, then the others when the answer is unclear
  Phrases denied;               ///< after a no to it, in front of the menu
  Phrases yes_no_help;          ///< said in front of a question of yes or no that is asked again
  double intent_threshold = 0.45;     ///< below it a wish is rejected
  double confidence_threshold = 0.2;  ///< so it is below this one
  double intent_sure = 0.55;          ///< from here on, and from the next one, it is taken; in between it is confirmed
  double confidence_sure = 0.5;
  std::map<std::string, std::string, std::less<>> pronunciations;  ///< word to phones of cmudict, "AA B ..."

  [[nodiscard]] const Slot* find_slot(std::string_view slot) const;
  [[nodiscard]] const Form* find_form(std::string_view slot) const;
};

/// Everything is checked: unknown keys, types, bounds, names that point nowhere. The error names the place as a JSON pointer.
[[nodiscard]] base::Result<Dialogue, base::Error> parse_dialogue(std::string_view json);
[[nodiscard]] base::Result<Dialogue, base::Error> load_dialogue(const std::string& path);

}  // namespace offhook::inline v0::agent::embedded
