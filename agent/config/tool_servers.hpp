#pragma once

#include <offhook/agent/config/config.hpp>

#include <vector>

namespace offhook::inline v0::agent::config {

/// From the checked value of /tool_servers, as it is written: what belongs together is looked at where servers are made of it.
[[nodiscard]] std::vector<ToolServerSettings> read_tool_servers(const JsonValue& tree);

}  // namespace offhook::inline v0::agent::config
