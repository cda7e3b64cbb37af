#pragma once

#include <offhook/agent/config/config.hpp>

#include <vector>

namespace offhook::inline v0::agent::config {

/// Reads the checked value of /tool_servers. draft_servers() checks later that the settings of each server fit together.
[[nodiscard]] std::vector<ToolServerSettings> read_tool_servers(const JsonValue& tree);

}  // namespace offhook::inline v0::agent::config
