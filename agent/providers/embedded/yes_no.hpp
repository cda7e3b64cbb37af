#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Yes and no in the ways that people say them. Pure; ASCII only.
namespace offhook::inline v0::agent::embedded {

enum class YesNo : unsigned char { Neither, Yes, No };

/// "That is not right" says right, and "no, that is correct" says both: no and not decide, since a wrong yes costs more than a
/// question. "I am not sure" is neither.
[[nodiscard]] YesNo understand_yes_no(std::string_view text);
/// Whether the text says that something was wrong, and not only no: "that's wrong", "no, that is not right".
[[nodiscard]] bool is_denial(std::string_view text);
/// Returns true when `text` is an answer and nothing else: one of yes_no_phrases().
[[nodiscard]] bool is_plain_answer(std::string_view text);
/// What understand_yes_no() understands, for the recogniser's language model; the ways to say neither are the last three.
[[nodiscard]] const std::vector<std::string>& yes_no_phrases();
inline constexpr std::size_t kNeitherPhrases = 3;

}  // namespace offhook::inline v0::agent::embedded
