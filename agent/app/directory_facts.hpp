#pragma once

#include <offhook/agent/app/agent.hpp>

#include <memory>

namespace offhook::inline v0::agent {

/// Makes the agent that needs no provider: the embedded dialogue takes every call.
[[nodiscard]] std::shared_ptr<const AgentDirectory> local_agent(const AgentOptions& options);

/// Returns true when any agent keeps transcripts. If a reload brings the first such agent, transcripts begin at the next start
/// (config::waiting_for_restart).
[[nodiscard]] bool keeps_transcripts(const AgentDirectory& agents);

/// Returns true when any agent records its calls.
[[nodiscard]] bool records_calls(const AgentDirectory& agents);

}  // namespace offhook::inline v0::agent
