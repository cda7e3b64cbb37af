#pragma once

#include <offhook/agent/agents/agent_directory.hpp>
#include <offhook/agent/config/config.hpp>

#include <memory>
#include <string>
#include <vector>

namespace offhook::inline v0::agent {

class Agent;

/// A valid configuration, and its agents.
struct LoadedConfig {
  config::Config config;
  std::shared_ptr<const AgentDirectory> agents;
  std::vector<Warning> warnings;
};
using LoadResult = base::Result<LoadedConfig, std::vector<Problem>>;

/// Loads the configuration. `default_dialogue` is the path of the dialogue that is used when the configuration names none. Returns all problems, with
/// their positions in the file, if the configuration is not valid.
[[nodiscard]] LoadResult load_config(const config::Sources& sources, std::string default_dialogue);

/// Changes a running agent from `running` to `fresh`, and logs the outcome. If `fresh` has a problem, nothing changes. Returns true if `fresh`
/// is in effect. Then `running` has the agents of `fresh`, but keeps its own values of the settings that need a restart, so that each reload
/// until the restart logs these settings.
bool reload(Agent& agent, LoadedConfig& running, LoadResult fresh);

}  // namespace offhook::inline v0::agent
