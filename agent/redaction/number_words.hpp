#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace offhook::inline v0::agent::redaction {

/// A word that stands for digits when a person reads a number aloud. It covers English, German, Spanish, French, Italian and Portuguese together,
/// because the language of a call is not always known.
struct NumberWord {
  enum class Kind : std::uint8_t {
    Unit,     ///< one digit, `value`
    Teen,     ///< 10 to 19, or a compound such as "vierundzwanzig": `value` digits, at least two
    Tens,     ///< 20 to 90: `value` digits; a unit that follows is the last of them
    Hundred,  ///< hundred, thousand: counted like Tens
    Repeat,   ///< "double", "triple": repeats the next digit `value` times
  };
  Kind kind{};
  unsigned value = 0;  ///< Unit: the digit. Repeat: how often the next digit occurs. Otherwise: the number of digits
};

/// Returns the meaning of `word`; nullopt if it is not a number word. `word` is folded (agent/redaction/answer_words): lower case, without accents.
[[nodiscard]] std::optional<NumberWord> number_word(std::string_view word);
/// Returns true for a word that may stand between two digits of one number: "and", "dash", "uh".
[[nodiscard]] bool is_between_digits(std::string_view word);

}  // namespace offhook::inline v0::agent::redaction
