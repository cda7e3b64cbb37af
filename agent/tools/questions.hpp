#pragma once

#include <offhook/agent/tools/tool_policy.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::tools {

/// The question to the caller before a tool acts, in Offhook's own words.
struct Question {
  std::string first;  ///< "Shall I connect you to Sales? Please say yes or press 1. If not, say no or press 2."
  std::string again;  ///< the question after an unclear answer
};

inline constexpr std::size_t kMaxSpokenValue = 60;  ///< maximum characters of an argument in a question
inline constexpr std::size_t kMaxQuestionBytes = 400;

/// Returns the question in `language` ("de-DE") if its sentences are known, otherwise in English. For a tool that is not built in, uses the question
/// of the rule. Takes only letters, digits and a few marks from the model's arguments.
[[nodiscard]] Question question_for(const ToolRule& rule, const ToolRequest& request, std::string_view language);

/// If the rule's question names an argument that is missing, is neither text nor number, or is too long, the question cannot contain the whole request:
/// returns the second half of a sentence about this for the model, with its full stop. Otherwise returns nullopt.
[[nodiscard]] std::optional<std::string> fault_of_question(const ToolRule& rule, const ToolRequest& request);

}  // namespace offhook::inline v0::agent::tools
