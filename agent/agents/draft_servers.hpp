#pragma once

#include <offhook/agent/agents/book_builder.hpp>
#include <offhook/agent/tools/tool_servers.hpp>

#include <memory>

namespace offhook::inline v0::agent {

/// The places that tools come from. OpenAPI documents are read now, so that a reload takes all of them at once; no server is asked. Those of
/// which nobody is granted a tool are told of.
[[nodiscard]] std::shared_ptr<const tools::ToolServerPlan> draft_servers(const config::Effective& effective, const BookSources& sources,
                                                                         const std::vector<AgentBook::Profile>& profiles, BuiltBook& out);

}  // namespace offhook::inline v0::agent
