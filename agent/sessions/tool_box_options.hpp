#pragma once

#include <offhook/agent/profile/agent_profile.hpp>
#include <offhook/agent/tools/call_tool_box.hpp>

#include <string>
#include <vector>

namespace offhook::inline v0::agent {

/// Returns the options of a call's tool box. If `pause_recording` is empty, the call is not recorded and the model gets no tool to
/// pause a recording.
[[nodiscard]] tools::ToolBoxOptions tool_box_options(const AgentProfile& profile, tools::PauseRecording pause_recording = {});
/// Returns the labels of the tool servers whose tools the profile grants, each once.
[[nodiscard]] std::vector<std::string> tool_servers_of(const AgentProfile& profile);

}  // namespace offhook::inline v0::agent
