#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Writes numbers as English words, in the way people say them. Pure; ASCII only. Commas separate the groups of a number, because the
/// voice pauses at a comma, but lowers its pitch only at the end of the sentence.
namespace offhook::inline v0::agent::embedded {

inline constexpr std::uint64_t kMaxCardinal = 999'999'999'999;  ///< a larger number is read digit by digit

/// Returns "one thousand two hundred five"; above kMaxCardinal, the digits one by one.
[[nodiscard]] std::string cardinal(std::uint64_t number);
/// Returns "twenty first", "one hundredth".
[[nodiscard]] std::string ordinal(std::uint64_t number);
/// Returns "nineteen oh five", "two thousand", "twenty twenty six"; outside 1000..2999 the cardinal.
[[nodiscard]] std::string spoken_year(std::uint64_t year);

/// Returns "zero" to "nine".
[[nodiscard]] std::string_view digit_word(char digit);
/// Returns "five five five, one two three four" for "5551234". Uses the groups of telephone numbers: 3-4, 3-3-4, 1-3-3-4, otherwise
/// threes and fours. Skips everything except digits.
[[nodiscard]] std::string read_digits(std::string_view digits);
/// Does the same, but keeps the groups of the text: "555-0134" gives "five five five, zero one three four".
[[nodiscard]] std::string read_groups(std::string_view number);
/// Returns the size of the group at position `at` in the groups that read_digits() makes of `count` digits. `at` must be the beginning of a group.
[[nodiscard]] std::size_t digit_group(std::size_t count, std::size_t at);
/// Returns a code letter by letter: "AB12" gives "ay B, one two". The letter A is written as it sounds, because it is also a word.
[[nodiscard]] std::string spell_out(std::string_view code);

}  // namespace offhook::inline v0::agent::embedded
