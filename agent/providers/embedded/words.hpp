#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Rules of English that the embedded parts share. Pure; ASCII only.
namespace offhook::inline v0::agent::embedded {

/// Returns the words of a text in lower case. A word consists of letters and apostrophes. Each digit becomes a word ("42" gives "four
/// two"). All other characters separate words.
[[nodiscard]] std::vector<std::string> split_words(std::string_view text);

/// Splits `text` after '.', '!' and '?' followed by a space or the end; each piece keeps its mark. A full stop before a lower-case
/// letter or a digit does not end a sentence ("5 p.m. on Friday", "No. 5"). Other abbreviations, such as "Mr.", end a sentence: the
/// dialogue file must write them out.
[[nodiscard]] std::vector<std::string> split_sentences(std::string_view text);

/// Returns the stem of a word: removes the plural, -ing, -ed and a final e, so that "opening", "opened" and "open" are equal.
[[nodiscard]] std::string stem(std::string_view word);

}  // namespace offhook::inline v0::agent::embedded
