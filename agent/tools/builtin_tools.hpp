#pragma once

#include <offhook/agent/conversation/pause_result.hpp>
#include <offhook/agent/tools/tool_policy.hpp>

#include <vector>

namespace offhook::inline v0::agent::tools {

/// Returns the descriptions, for the model, of those built-in tools that `rules` allow. The schema lists destinations by name; their targets stay in
/// Offhook.
[[nodiscard]] std::vector<ToolDescription> describe_built_in(const ToolRules& rules);

/// Returns the outcome of an allowed request: the text for the model, and the action that the conversation carries out after the caller has heard all
/// earlier speech. Do not pass a SourceRequest or a PauseRecordingRequest, because CallToolBox itself carries them out.
[[nodiscard]] ToolOutcome outcome_of(const ToolCall& call, const ToolRequest& request);
/// Returns the outcome of the model's order to pause or resume the recording.
[[nodiscard]] ToolOutcome pause_outcome(const ToolCall& call, bool paused, const PauseResult& result);

}  // namespace offhook::inline v0::agent::tools
