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

/// Alternatives: the first is used first, then the next one, so that a caller who asks twice hears it in other words.
using Phrases = std::vector<std::string>;

/// What is done after an intent's reply. Repeat says the last reply again; Menu reads the keys out.
struct DialogueAction {
  enum class What : std::uint8_t { None, HangUp, Transfer, Escalate, Repeat, Menu };
  What what = What::None;
  std::string argument;  ///< Transfer: the number
};

/// Something a caller may want. One of `faq` becomes an intent without slots or action, named faq_1, faq_2, ...
struct Intent {
  std::string name;
  Phrases examples;
  Phrases replies;                 ///< may name slots: {callback_number}
  std::vector<std::string> slots;  ///< asked for, in this order, before the reply
  DialogueAction action;
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
  Phrases confirm;  ///< "" to take the answer as it is; {slot name} is what was understood
  Phrases retry;
  std::uint32_t retries = 2;  ///< 0..2 more attempts
  Phrases give_up;
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
  double intent_threshold = 0.45;
  double confidence_threshold = 0.2;
  std::map<std::string, std::string, std::less<>> pronunciations;  ///< word to phones of cmudict, "AA B ..."

  [[nodiscard]] const Slot* find_slot(std::string_view slot) const;
  [[nodiscard]] const Form* find_form(std::string_view slot) const;
};

/// Everything is checked: unknown keys, types, bounds, names that point nowhere. The error names the place as a JSON pointer.
[[nodiscard]] base::Result<Dialogue, base::Error> parse_dialogue(std::string_view json);
[[nodiscard]] base::Result<Dialogue, base::Error> load_dialogue(const std::string& path);

}  // namespace offhook::inline v0::agent::embedded
