#pragma once

#include <offhook/agent/tools/tool_policy.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::tools {

/// What the caller is asked before a tool acts, in our own words.
struct Question {
  std::string first;  ///< "Shall I connect you to Sales? Please say yes or press 1. If not, say no or press 2."
  std::string again;  ///< after an answer that was neither
};

inline constexpr std::size_t kMaxSpokenValue = 60;  ///< characters of an argument that is put into a question
inline constexpr std::size_t kMaxQuestionBytes = 400;

/// In `language` ("de-DE") where we have the words, else in English. Of a tool that is not built in, the rule's own question,
/// into which only letters, digits and a few marks of the model's arguments come.
[[nodiscard]] Question question_for(const ToolRule& rule, const ToolRequest& request, std::string_view language);

/// Why the caller could not be told all that they agree to, as the second half of a sentence for the model with its full stop: an
/// argument that the rule's own question names is not there, is no text and no number, or is longer than can be said. Nothing: they
/// can. Nobody is asked half of what is done then.
[[nodiscard]] std::optional<std::string> fault_of_question(const ToolRule& rule, const ToolRequest& request);

}  // namespace offhook::inline v0::agent::tools
