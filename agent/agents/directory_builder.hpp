#pragma once

#include <offhook/agent/agents/agent_directory.hpp>
#include <offhook/agent/config/config.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent {

struct DirectorySources {
  std::optional<std::string> config_path;  ///< path of the configuration file: relative paths of prompts, dialogues and contexts start at its folder
  config::FileReader files;
  std::string default_dialogue;  ///< path of the dialogue of an agent whose settings name none
};

struct BuiltDirectory {
  std::shared_ptr<const AgentDirectory> directory;  ///< null when there are problems
  std::vector<Problem> problems;
  std::vector<Warning> warnings;
};

/// Makes the agents of a configuration. Reads the prompt files now, so that a reload takes all of them at once. Does not report problems that
/// `effective` already has, nor their consequences: therefore, while `effective` has problems, do not use the directory.
[[nodiscard]] BuiltDirectory build_directory(const config::Effective& effective, const DirectorySources& sources);

}  // namespace offhook::inline v0::agent
