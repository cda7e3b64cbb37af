#pragma once

#include <offhook/agent/agent_profile.hpp>
#include <offhook/agent/tools/call_tool_box.hpp>

namespace offhook::inline v0::agent {

[[nodiscard]] tools::ToolBoxOptions tool_box_options(const AgentProfile& profile);

}  // namespace offhook::inline v0::agent
