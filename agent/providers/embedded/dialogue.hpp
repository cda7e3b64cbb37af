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

/// The dialogue file: the wishes of callers, examples of sentences that express them, the replies and the actions.
/// docs/embedded-speech.md describes the format with an example.
namespace offhook::inline v0::agent::embedded {

inline constexpr std::size_t kMaxDialogueBytes = 256U << 10U;
inline constexpr std::size_t kMaxIntents = 64;        ///< maximum number of intents, including the entries of `faq`
inline constexpr std::size_t kMaxPhrases = 64;        ///< maximum number of examples of one intent, and of texts in one list
inline constexpr std::size_t kMaxPhraseBytes = 400;
inline constexpr std::size_t kMaxSlots = 8;
inline constexpr std::size_t kMaxDialogueDigits = 20;  ///< maximum number of digits in one slot
inline constexpr std::size_t kMaxPronunciations = 200;
inline constexpr std::size_t kMaxRetries = 3;         ///< maximum number of retries in one form

/// Texts with the same meaning, which are used one after the other, so that a caller hears other words the second time.
using Phrases = std::vector<std::string>;

/// The action after an intent's reply. Repeat says the previous reply again; Menu says which keys there are.
struct DialogueAction {
  enum class What : std::uint8_t { None, HangUp, Transfer, Escalate, Repeat, Menu };
  What what = What::None;
  std::string argument;  ///< the number, for Transfer only
};

/// Whether the dialogue confirms a wish before it carries it out ("You want our opening hours, is that right?").
enum class ConfirmWish : std::uint8_t {
  Never,
  WhenUnsure,  ///< if the scores are above the thresholds for a rejection, but below those for an acceptance
  Always,
};

/// How the dialogue confirms a value (Clark and Brennan's grounding). None: not at all. Implicit: the next sentence mentions the value ("Thank you,
/// five five five. And your ...?"), and the caller can deny it by "that's wrong". Explicit: the dialogue asks whether the value is right.
enum class Grounding : std::uint8_t { None, Implicit, Explicit };

/// A wish of callers. An entry of `faq` becomes an intent without slots or action, named faq_1, faq_2, ...
struct Intent {
  std::string name;
  Phrases examples;
  Phrases replies;                 ///< texts, which may contain names of slots: {callback_number}
  std::vector<std::string> slots;  ///< the dialogue asks for them in this order, before the reply
  DialogueAction action;
  std::string wish;                ///< words for the wish in the confirming question: "our opening hours"; "": the wish is never confirmed
  ConfirmWish confirm = ConfirmWish::Never;
  char key = '\0';                 ///< the telephone key for this intent, at any time outside a form; '\0': none
  bool anywhere = false;           ///< true: the intent is also recognised inside a form
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
  Phrases confirm;            ///< first text, and further texts after unclear answers; {slot name} becomes the recognised value
  Phrases retry;              ///< at least as many texts as `retries`, so that each retry has other words
  std::uint32_t retries = 2;  ///< 0..kMaxRetries: number of attempts after the first attempt
  Phrases keys;               ///< question for key presses, in a last attempt that accepts no speech; empty: no such attempt
  Phrases give_up;
  DialogueAction then;        ///< after give_up: Transfer, HangUp, Escalate, Menu; None: `handoff`, or goodbye if there is none
};

/// The texts after turns in a row that were not understood: `again` after the first, `menu` after the second, `last` before the dialogue gives up.
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
  Phrases silence;              ///< said once when the caller says nothing, before the steps of `fallback`
  Phrases handoff;              ///< said before the transfer
  std::string handoff_number;   ///< "": no number, so the dialogue says goodbye when it gives up
  Phrases confirm_wish;         ///< first text, and further texts after unclear answers; {wish} becomes the intent's wish
  Phrases denied;               ///< said after a no to confirm_wish, before the menu
  Phrases yes_no_help;          ///< said before a yes-or-no question is asked again
  double intent_threshold = 0.45;     ///< a wish with a lower score is rejected
  double confidence_threshold = 0.2;  ///< a wish with a lower confidence of the recogniser is also rejected
  double intent_sure = 0.55;          ///< a wish with at least this score and confidence_sure is accepted; below, it is confirmed
  double confidence_sure = 0.5;
  std::map<std::string, std::string, std::less<>> pronunciations;  ///< key: a word; value: its phones as in cmudict, "AA B ..."

  [[nodiscard]] const Slot* find_slot(std::string_view slot) const;
  [[nodiscard]] const Form* find_form(std::string_view slot) const;
};

/// Parses a dialogue file. Refuses unknown keys, wrong types, values beyond bounds, and names that refer to nothing. The error
/// contains the position as a JSON pointer.
[[nodiscard]] base::Result<Dialogue, base::Error> parse_dialogue(std::string_view json);
[[nodiscard]] base::Result<Dialogue, base::Error> load_dialogue(const std::string& path);

}  // namespace offhook::inline v0::agent::embedded
