#pragma once

#include <offhook/agent/prompts/prompt_template.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::prompts {

inline constexpr std::size_t kMaxHeadLines = 32;
inline constexpr std::size_t kMaxHeadValue = 1000;  ///< octets
inline constexpr std::size_t kMaxHeadTools = 16;

/// A prompt as people keep it: Markdown, with a short head between two lines of "---" that may set some things of the agent.
struct PromptFile {
  PromptTemplate prompt;
  std::optional<std::string> voice, language;
  std::optional<PromptTemplate> greeting;
  std::optional<std::vector<std::string>> tools;  ///< names
};

/// Reads such a file. The head is a small part of YAML: lines of `key: value`, a value in quotes or plain, `tools` as `a, b` or
/// `[a, b]`; comments on lines of their own. A line that is more than that (anchors, lists over lines, other keys) is a fault
/// with its number. Without a first line of "---" all of it is the prompt.
[[nodiscard]] base::Result<PromptFile, PromptFault> parse_prompt_file(std::string_view text);

}  // namespace offhook::inline v0::agent::prompts
