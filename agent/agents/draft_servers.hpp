#pragma once

#include <offhook/agent/agents/directory_builder.hpp>
#include <offhook/agent/tools/servers/tool_servers.hpp>

#include <memory>

namespace offhook::inline v0::agent {

/// Makes the plan of all tool servers. Reads OpenAPI documents now, so that a reload takes all of them at once; sends nothing to a server.
/// Warns about each server with no tool that an agent is granted.
[[nodiscard]] std::shared_ptr<const tools::ToolServerPlan> draft_servers(const config::Effective& effective, const DirectorySources& sources,
                                                                         const std::vector<AgentDirectory::Profile>& profiles, BuiltDirectory& out);

}  // namespace offhook::inline v0::agent
