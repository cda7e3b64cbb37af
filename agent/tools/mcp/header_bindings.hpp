#pragma once

#include <offhook/agent/providers/json_in.hpp>
#include <offhook/agent/tools/mcp/tool_definition.hpp>

#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::tools::mcp {

/// The `x-mcp-header` marks of an inputSchema: MCP 2026-07-28 basic/transports/streamable-http, "Schema Extension". Nothing when
/// all of them are as they must be, else what is wrong.
[[nodiscard]] std::optional<std::string> read_header_bindings(const json::Element& schema, std::vector<HeaderBinding>& out);

}  // namespace offhook::inline v0::agent::tools::mcp
