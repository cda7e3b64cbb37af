#pragma once

#include <offhook/agent/agent.hpp>

#include <optional>
#include <string>

namespace offhook::tools {

/// How a line of `offhook call` is written.
enum class LineForm { Text, ColouredText, Json };

/// The line of `offhook call` for an event, without its line feed; nullopt for an event that has none. The text of callers, models
/// and PBXs in an event cannot write escape sequences, or a second line.
[[nodiscard]] std::optional<std::string> line_of(const agent::AgentEvent& event, LineForm form);

}  // namespace offhook::tools
