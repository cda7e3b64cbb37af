#pragma once

#include <offhook/agent/recordings/pause_result.hpp>
#include <offhook/agent/tools/tool_policy.hpp>

#include <vector>

namespace offhook::inline v0::agent::tools {

/// What the model is told of the built-in tools that `rules` allow: no word of any other. Destinations stand in the schema by
/// name; their targets never leave us.
[[nodiscard]] std::vector<ToolDescription> describe_built_in(const ToolRules& rules);

/// What comes of an allowed request: the text for the model, and what the conversation carries out when all that was said before
/// it has been heard. Not for what is done elsewhere: a SourceRequest, or a PauseRecordingRequest.
[[nodiscard]] ToolOutcome outcome_of(const ToolCall& call, const ToolRequest& request);
/// The model's order to pause the recording, or to go on, and what came of it.
[[nodiscard]] ToolOutcome pause_outcome(const ToolCall& call, bool paused, const recordings::PauseResult& result);

}  // namespace offhook::inline v0::agent::tools
