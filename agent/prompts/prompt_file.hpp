#pragma once

#include <offhook/agent/prompts/prompt_template.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::prompts {

inline constexpr std::size_t kMaxHeadLines = 32;
inline constexpr std::size_t kMaxHeadValue = 1000;  ///< longest value in a head, in octets
inline constexpr std::size_t kMaxHeadTools = 16;

/// The content of a prompt file: Markdown, optionally after a short head between two lines of "---" that sets some values of the
/// agent.
struct PromptFile {
  PromptTemplate prompt;
  std::optional<std::string> voice, language;
  std::optional<PromptTemplate> greeting;
  std::optional<std::vector<std::string>> tools;  ///< names of tools
};

/// Parses a prompt file. The head is a subset of YAML: lines of `key: value` with a quoted or plain value, `tools` as `a, b` or
/// `[a, b]`, and comments on lines of their own. Refuses any other syntax or key (anchors, lists over several lines); the fault has
/// the number of the line. If the first line is not "---", the whole text is the prompt.
[[nodiscard]] base::Result<PromptFile, PromptFault> parse_prompt_file(std::string_view text);

}  // namespace offhook::inline v0::agent::prompts
