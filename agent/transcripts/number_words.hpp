#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace offhook::inline v0::agent::transcripts {

/// A word that stands for digits, as somebody reads a number aloud. In English, German, Spanish, French, Italian and Portuguese
/// at once: whose language a call is in is not always known.
struct NumberWord {
  enum class Kind : std::uint8_t {
    Unit,     ///< one digit, `value`
    Teen,     ///< 10 to 19, or a compound such as "vierundzwanzig": two digits or more
    Tens,     ///< 20 to 90: two digits, or one when a unit follows
    Hundred,  ///< hundred, thousand: zeros, unless more follows
    Repeat,   ///< "double", "triple": the next digit `value` times
  };
  Kind kind{};
  unsigned value = 0;  ///< Unit: the digit. Teen: how many digits. Repeat: how often
};

/// `word`: folded (agent/tools/answer_words): lower case, without accents.
[[nodiscard]] std::optional<NumberWord> number_word(std::string_view word);
/// "and", "dash", "uh": it may stand between two digits of one number.
[[nodiscard]] bool is_between_digits(std::string_view word);

}  // namespace offhook::inline v0::agent::transcripts
