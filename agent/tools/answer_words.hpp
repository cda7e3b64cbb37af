#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What callers say when they agree, and when they do not.
namespace offhook::inline v0::agent::tools {

enum class Answer : std::uint8_t { Yes, No, Unclear };

inline constexpr std::size_t kMaxAnswerBytes = 160;  ///< A clear answer is short: what is longer is none.

/// Yes or no only where all of it says so in one of `languages` ("en", "pt-BR"; those that we have no words of count for nothing;
/// where the first is one of them, or there is none, English counts, too: it is what is asked in). A word that belongs to neither makes the
/// whole unclear, so that "yes, but first tell me" does.
[[nodiscard]] Answer answer_of(std::string_view transcript, const std::vector<std::string>& languages);

/// Lower case, without accents, punctuation as blanks, one blank between words: "D'accord !" -> "d accord". Other scripts stay.
[[nodiscard]] std::string folded(std::string_view utf8);

}  // namespace offhook::inline v0::agent::tools
