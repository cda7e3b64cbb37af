#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Recognises yes and no in the ways in which people say them. Pure; ASCII only.
namespace offhook::inline v0::agent::embedded {

enum class YesNo : unsigned char { Neither, Yes, No };

/// Returns the meaning of an answer. "no" or "not" decides, as in "that is not right" and "no, that is correct", because a wrong yes is
/// worse than another question. Exceptions are phrases such as "no problem" (yes) and "I am not sure" (neither).
[[nodiscard]] YesNo understand_yes_no(std::string_view text);
/// Returns true if the text says that a value is wrong: "that's wrong", "no, that is not right". A "no" alone is not enough.
[[nodiscard]] bool is_denial(std::string_view text);
/// Returns true if the whole text is one of yes_no_phrases().
[[nodiscard]] bool is_plain_answer(std::string_view text);
/// Returns the phrases that understand_yes_no() recognises, for the recogniser's language model. The last kNeitherPhrases of them
/// are neither yes nor no.
[[nodiscard]] const std::vector<std::string>& yes_no_phrases();
inline constexpr std::size_t kNeitherPhrases = 3;

}  // namespace offhook::inline v0::agent::embedded
