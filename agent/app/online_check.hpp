#pragma once

#include <offhook/agent/agents/agent_directory.hpp>
#include <offhook/agent/config/config.hpp>
#include <offhook/agent/setup/setup.hpp>

#include <vector>

namespace offhook::inline v0::agent {

/// Checks the servers of a configuration. It sends OPTIONS to the PBX over the configured transport, and verifies the PBX's certificate. It sends a request
/// that costs nothing to each provider that an agent uses. Then it uses each service of these providers that speaks, listens or does both
/// (setup/speech_trial.hpp), which costs some cents at most. It registers nothing, so that a running agent of the same extension keeps its
/// calls. The PBX has twelve seconds to answer, and each request to a provider ten seconds. Returns findings in printable text.
[[nodiscard]] std::vector<setup::Finding> check_online(config::Config config, const AgentDirectory& agents);

}  // namespace offhook::inline v0::agent
