#pragma once

#include <offhook/agent/agents/agent_book.hpp>
#include <offhook/agent/config/config.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent {

struct BookSources {
  std::optional<std::string> config_path;  ///< where paths of prompts, dialogues and contexts start
  config::FileReader files;
  std::string default_dialogue;  ///< where the configuration names none
};

struct BuiltBook {
  std::shared_ptr<const AgentBook> book;  ///< nothing when there are problems
  std::vector<config::Problem> problems;
  std::vector<config::Warning> warnings;
};

/// Makes the agents that a configuration tells of. Prompt files are read now, so that a reload takes all of them at once.
/// Problems that `effective` has already are not told again, nor what follows from them; use no book while it has any.
[[nodiscard]] BuiltBook build_book(const config::Effective& effective, const BookSources& sources);

}  // namespace offhook::inline v0::agent
