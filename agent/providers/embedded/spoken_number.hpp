#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Writes numbers as English words, in the way people say them. Pure; ASCII only. Commas separate the groups of a number: the voice
/// pauses there, and lowers its pitch only at the end of the sentence.
namespace offhook::inline v0::agent::embedded {

inline constexpr std::uint64_t kMaxCardinal = 999'999'999'999;  ///< a larger number is read digit by digit

/// Returns "one thousand two hundred five"; above kMaxCardinal the digits.
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
/// Like read_digits(), but keeps the groups of the text: "555-0134" gives "five five five, zero one three four".
[[nodiscard]] std::string read_groups(std::string_view number);
/// Returns the size of the group that begins at `at` when read_digits() groups `count` digits. A group must begin at `at`.
[[nodiscard]] std::size_t digit_group(std::size_t count, std::size_t at);
/// Returns a code letter by letter: "AB12" gives "ay B, one two". A letter that is also a word is written as it sounds.
[[nodiscard]] std::string spell_out(std::string_view code);

}  // namespace offhook::inline v0::agent::embedded
