#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Small knowledge of English that the embedded parts share. Pure; ASCII only.
namespace offhook::inline v0::agent::embedded {

/// Lower-case words of letters and apostrophes; every digit becomes a word ("42" is "four two"), all else separates.
[[nodiscard]] std::vector<std::string> split_words(std::string_view text);

/// At '.', '!', '?' followed by a space or the end; each piece keeps its mark. A full stop before a small letter or a digit ends
/// no sentence ("5 p.m. on Friday", "No. 5"); "Mr." and the like are not known: write them out.
[[nodiscard]] std::vector<std::string> split_sentences(std::string_view text);

/// A light stemmer: plural, -ing, -ed and final e go, so that "opening", "opened" and "open" meet.
[[nodiscard]] std::string stem(std::string_view word);

}  // namespace offhook::inline v0::agent::embedded
