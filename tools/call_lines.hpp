#pragma once

#include <offhook/agent/app/agent.hpp>

#include <optional>
#include <string>

namespace offhook::tools {

/// The form of the lines of `offhook call`.
enum class LineForm { Text, ColouredText, Json };

/// Returns the line of `offhook call` for an event, without its line feed; nullopt if the event has no line. Text from callers, models and PBXs
/// cannot contain escape sequences, or a second line.
[[nodiscard]] std::optional<std::string> line_of(const agent::AgentEvent& event, LineForm form);

}  // namespace offhook::tools
