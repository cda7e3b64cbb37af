#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Recognises the words with which callers say yes or no.
namespace offhook::inline v0::agent::redaction {

enum class Answer : std::uint8_t { Yes, No, Unclear };

inline constexpr std::size_t kMaxAnswerBytes = 160;  ///< A clear answer is short: a longer text is Unclear.

/// Returns Yes if all words of the transcript mean yes or are fillers in one of `languages` ("en", "pt-BR"), and No likewise. Any other word makes the
/// answer Unclear, as in "yes, but first tell me". Languages without a word list here are ignored. English also counts if `languages` is empty or its
/// first language has no list, because the agent then asks its question in English.
[[nodiscard]] Answer answer_of(std::string_view transcript, const std::vector<std::string>& languages);

/// Returns the text in lower case, without accents, with punctuation replaced by blanks, and with one blank between words: "D'accord !" -> "d
/// accord". Letters of other scripts stay as they are.
[[nodiscard]] std::string folded(std::string_view utf8);

}  // namespace offhook::inline v0::agent::redaction
