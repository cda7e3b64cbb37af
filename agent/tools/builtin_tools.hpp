#pragma once

#include <offhook/agent/conversation/pause_result.hpp>
#include <offhook/agent/tools/tool_policy.hpp>

#include <vector>

namespace offhook::inline v0::agent::tools {

/// Returns the descriptions for the model of the built-in tools that `rules` allow, and of no other tool. The schema lists destinations by name;
/// their targets stay in Offhook.
[[nodiscard]] std::vector<ToolDescription> describe_built_in(const ToolRules& rules);

/// Returns the outcome of an allowed request: the text for the model, and the action of the conversation after the caller has heard all earlier
/// speech. Do not pass a SourceRequest or a PauseRecordingRequest, which are carried out elsewhere.
[[nodiscard]] ToolOutcome outcome_of(const ToolCall& call, const ToolRequest& request);
/// Returns the outcome of the model's order to pause or resume the recording.
[[nodiscard]] ToolOutcome pause_outcome(const ToolCall& call, bool paused, const PauseResult& result);

}  // namespace offhook::inline v0::agent::tools
