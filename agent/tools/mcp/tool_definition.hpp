#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a server says of its tools: the text of somebody whom nobody here vouches for.
namespace offhook::inline v0::agent::tools::mcp {

inline constexpr std::size_t kMaxToolName = 128;             ///< MCP 2025-11-25 server/tools, "Tool Names"
inline constexpr std::size_t kMaxDefinitionBytes = 64U << 10U;
inline constexpr std::size_t kMaxToolsPerPage = 512;
inline constexpr std::size_t kMaxCursorBytes = 4096;
inline constexpr std::size_t kMaxHeaderBindings = 16;        ///< of one tool
inline constexpr std::size_t kMaxHeaderName = 64;

/// An argument that a modern server wants in a header, too: MCP 2026-07-28 basic/transports/streamable-http, "Custom Headers".
struct HeaderBinding {
  std::string header;             ///< "Mcp-Param-Region"
  std::vector<std::string> path;  ///< names of members, from the arguments on
};

struct ToolDefinition {
  std::string name;
  std::string description;   ///< its title where it has no description
  std::string input_schema;  ///< JSON text of an object
  bool has_output_schema = false;
  std::vector<HeaderBinding> headers;
  std::optional<std::string> header_fault;  ///< why an `x-mcp-header` of it is none: over HTTP such a tool is not used
  std::string hash;                         ///< SHA-256 of all that a model or a policy goes by, in canonical JSON
};

struct ToolPage {
  std::vector<ToolDefinition> tools;
  std::vector<std::string> passed_over;  ///< a sentence for each entry that is no tool; at most kMaxToolsPerPage
  std::string next_cursor;               ///< "" on the last page
  std::uint64_t ttl_ms = 0;              ///< how long a list stays good; 0: not said
};

/// Of the result of tools/list, as JSON text. Nothing: it is none.
[[nodiscard]] std::optional<ToolPage> read_tool_page(std::string_view result);

/// The headers for a call with `arguments`, a JSON object: of members that are there and not null.
struct HeaderValue {
  std::string header, value;  ///< `value` is safe in a header
};
[[nodiscard]] std::vector<HeaderValue> header_values(const std::vector<HeaderBinding>& bindings, std::string_view arguments);
/// As it is, or as `=?base64?...?=` where a header cannot hold it.
[[nodiscard]] std::string encode_header_value(std::string_view value);

}  // namespace offhook::inline v0::agent::tools::mcp
