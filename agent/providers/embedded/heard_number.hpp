#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Reads numbers that callers say digit by digit, and their corrections. Pure; ASCII only.
namespace offhook::inline v0::agent::embedded {

/// Fewest digits in a sentence that count as a number. One or two digits may have another meaning.
inline constexpr std::size_t kMinTold = 3;

/// Returns the digits in a text: "five five oh double two" gives "55022", "eight hundred five" gives "8005". Skips other words.
[[nodiscard]] std::string heard_digits(std::string_view text);
/// Returns the words of a text that are not digits.
[[nodiscard]] std::string without_digits(std::string_view text);

/// Returns the digits in a text like heard_digits(), but applies the speaker's own corrections. Digits after "no", "sorry", "wait", "correction", "I
/// mean" or "actually" replace the digits before that word. If they are fewer than these and than `min_digits`, they replace only as many at the end.
[[nodiscard]] std::string heard_number(std::string_view text, std::size_t min_digits);

/// Returns the number that a caller means by answering the read-back of `previous` with `heard`, as in "no, five five six". If
/// `heard` is as long as a group of the read-back, it replaces the group that it resembles most. Otherwise it is the whole number.
/// Returns nullopt if the result does not have `min_digits` to `max_digits` digits, or is unchanged.
[[nodiscard]] std::optional<std::string> corrected_number(std::string_view previous, std::string_view heard, std::size_t min_digits,
                                                          std::size_t max_digits);

/// Returns phrases with numbers, for the recogniser's language model. Each digit follows each pair of digits exactly once, so that all
/// numbers are equally likely. Includes double, triple, hundred and the usual openings, such as "my number is".
[[nodiscard]] std::vector<std::string> number_phrases();
/// Returns phrases that correct a number, for the recogniser's language model: "no it's" and digits.
[[nodiscard]] std::vector<std::string> correction_phrases();

}  // namespace offhook::inline v0::agent::embedded
