#pragma once

#include <offhook/agent/tools/tool_policy.hpp>

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

}  // namespace offhook::inline v0::agent::tools
