#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Numbers as people say them, in English words. Pure; ASCII only. The groups of a number are separated by commas: the voice
/// pauses there, and falls at the end of the sentence.
namespace offhook::inline v0::agent::embedded {

inline constexpr std::uint64_t kMaxCardinal = 999'999'999'999;  ///< beyond it a number is read digit by digit

/// "one thousand two hundred five"; above kMaxCardinal the digits.
[[nodiscard]] std::string cardinal(std::uint64_t number);
/// "twenty first", "one hundredth".
[[nodiscard]] std::string ordinal(std::uint64_t number);
/// "nineteen oh five", "two thousand", "twenty twenty six"; outside 1000..2999 the cardinal.
[[nodiscard]] std::string spoken_year(std::uint64_t year);

/// "zero" to "nine".
[[nodiscard]] std::string_view digit_word(char digit);
/// "5551234" as "five five five, one two three four": grouped as telephone numbers are, 3-4, 3-3-4, 1-3-3-4, else in threes
/// and fours. All but digits is skipped.
[[nodiscard]] std::string read_digits(std::string_view digits);
/// As read_digits(), in the groups that the writer made: "555-0134" is "five five five, zero one three four".
[[nodiscard]] std::string read_groups(std::string_view number);
/// How read_digits() groups so many digits: the size of the group that begins at `at`, which is a beginning.
[[nodiscard]] std::size_t digit_group(std::size_t count, std::size_t at);
/// A code letter by letter: "AB12" is "ay B, one two". Letters that are also words are written as the voice says them.
[[nodiscard]] std::string spell_out(std::string_view code);

}  // namespace offhook::inline v0::agent::embedded
