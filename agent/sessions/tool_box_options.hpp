#pragma once

#include <offhook/agent/agent_profile.hpp>
#include <offhook/agent/tools/call_tool_box.hpp>

#include <string>
#include <vector>

namespace offhook::inline v0::agent {

/// `pause_recording` empty: the call is not recorded, and the model sees no tool to pause that.
[[nodiscard]] tools::ToolBoxOptions tool_box_options(const AgentProfile& profile, tools::PauseRecording pause_recording = {});
/// Whose tools are granted, each once.
[[nodiscard]] std::vector<std::string> tool_servers_of(const AgentProfile& profile);

}  // namespace offhook::inline v0::agent
