#pragma once

#include <offhook/agent/agents/agent_book.hpp>
#include <offhook/agent/config/config.hpp>
#include <offhook/agent/setup/setup.hpp>

#include <vector>

namespace offhook::inline v0::agent {

/// What the servers of a configuration answer: the PBX by OPTIONS, over its transport with its certificate verified, each provider that an agent uses, by a
/// request that costs nothing, and then each of its services that speak, listen or talk (setup/speech_trial.hpp), which cost some cents at most. It registers
/// nothing, so that a running agent of the same extension keeps its calls. The PBX has twelve seconds to answer, each request to a provider ten.
/// The findings are printable text.
[[nodiscard]] std::vector<setup::Finding> check_online(config::Config config, const AgentBook& agents);

}  // namespace offhook::inline v0::agent
