#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Small knowledge of English that the embedded parts share. Pure; ASCII only.
namespace offhook::inline v0::agent::embedded {

/// Lower-case words of letters and apostrophes; every digit becomes a word ("42" is "four two"), all else separates.
[[nodiscard]] std::vector<std::string> split_words(std::string_view text);

/// At '.', '!', '?' followed by a space or the end; each piece keeps its mark. "Mr." and the like are not known: write them out.
[[nodiscard]] std::vector<std::string> split_sentences(std::string_view text);

/// A light stemmer: plural, -ing, -ed and final e go, so that "opening", "opened" and "open" meet.
[[nodiscard]] std::string stem(std::string_view word);

/// The digits in a spoken text: "five five oh double two" is "55022", other words are skipped.
[[nodiscard]] std::string spoken_digits(std::string_view text);
/// The other words.
[[nodiscard]] std::string without_digits(std::string_view text);
/// "zero" to "nine".
[[nodiscard]] std::string_view digit_word(char digit);
/// "5551234" as "five five five, one two three, four": in groups of three, with a pause between them.
[[nodiscard]] std::string read_digits(std::string_view digits);

enum class YesNo : unsigned char { Neither, Yes, No };
[[nodiscard]] YesNo understand_yes_no(std::string_view text);
/// What understand_yes_no() understands, for the recogniser's language model.
[[nodiscard]] const std::vector<std::string>& yes_no_phrases();
/// Ways to say digits, every digit after every other one: the language model of a number.
[[nodiscard]] std::vector<std::string> digit_phrases(std::size_t min_digits, std::size_t max_digits);

}  // namespace offhook::inline v0::agent::embedded
