#pragma once

#include <offhook/agent/support/json_in.hpp>
#include <offhook/agent/tools/mcp/tool_definition.hpp>

#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::tools::mcp {

/// Reads the `x-mcp-header` marks of an inputSchema: MCP 2026-07-28 basic/transports/streamable-http, "Schema Extension". Returns a text about the fault;
/// nullopt if all marks are valid.
[[nodiscard]] std::optional<std::string> read_header_bindings(const json::Element& schema, std::vector<HeaderBinding>& out);

}  // namespace offhook::inline v0::agent::tools::mcp
