#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Recognises yes and no in the ways in which people say them. Pure; ASCII only.
namespace offhook::inline v0::agent::embedded {

enum class YesNo : unsigned char { Neither, Yes, No };

/// Returns the meaning of an answer. "That is not right" contains "right", and "no, that is correct" contains both: no and not
/// decide, because a wrong yes is worse than another question. "I am not sure" is neither.
[[nodiscard]] YesNo understand_yes_no(std::string_view text);
/// Returns true if the text says that something was wrong, and not only no: "that's wrong", "no, that is not right".
[[nodiscard]] bool is_denial(std::string_view text);
/// Returns true if the whole text is one of yes_no_phrases().
[[nodiscard]] bool is_plain_answer(std::string_view text);
/// Returns the phrases that understand_yes_no() recognises, for the recogniser's language model. The last kNeitherPhrases of them
/// are neither yes nor no.
[[nodiscard]] const std::vector<std::string>& yes_no_phrases();
inline constexpr std::size_t kNeitherPhrases = 3;

}  // namespace offhook::inline v0::agent::embedded
