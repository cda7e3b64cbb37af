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
    Teen,     ///< 10 to 19, or a compound such as "vierundzwanzig": two digits or more
    Tens,     ///< 20 to 90: two digits, or one if a unit follows
    Hundred,  ///< hundred, thousand: zeros, unless more digits follow
    Repeat,   ///< "double", "triple": repeats the next digit `value` times
  };
  Kind kind{};
  unsigned value = 0;  ///< Unit: the digit. Teen: the number of digits. Repeat: the number of repetitions
};

/// Returns the digits that `word` stands for; nullopt if it is not a number word. `word` is folded (agent/redaction/answer_words): lower case, without accents.
[[nodiscard]] std::optional<NumberWord> number_word(std::string_view word);
/// Returns true for a word that may stand between two digits of one number: "and", "dash", "uh".
[[nodiscard]] bool is_between_digits(std::string_view word);

}  // namespace offhook::inline v0::agent::redaction
