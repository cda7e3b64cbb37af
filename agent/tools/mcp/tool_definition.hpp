#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The server's description of its tools. This text is untrusted.
namespace offhook::inline v0::agent::tools::mcp {

inline constexpr std::size_t kMaxToolName = 128;             ///< MCP 2025-11-25 server/tools, "Tool Names"
inline constexpr std::size_t kMaxDefinitionBytes = 64U << 10U;
inline constexpr std::size_t kMaxToolsPerPage = 512;
inline constexpr std::size_t kMaxCursorBytes = 4096;
inline constexpr std::size_t kMaxHeaderBindings = 16;        ///< maximum number of headers of one tool
inline constexpr std::size_t kMaxHeaderName = 64;

/// An argument that a modern server also requires in a header: MCP 2026-07-28 basic/transports/streamable-http, "Custom Headers".
struct HeaderBinding {
  std::string header;             ///< "Mcp-Param-Region"
  std::vector<std::string> path;  ///< names of members, starting at the arguments
};

struct ToolDefinition {
  std::string name;
  std::string description;   ///< the tool's title, if there is no description
  std::string input_schema;  ///< JSON text of an object
  bool has_output_schema = false;
  std::vector<HeaderBinding> headers;
  std::optional<std::string> header_fault;  ///< fault of an `x-mcp-header`: Offhook does not use such a tool over HTTP
  std::string hash;                         ///< SHA-256 of all parts that a model or a policy uses, in canonical JSON
};

struct ToolPage {
  std::vector<ToolDefinition> tools;
  std::vector<std::string> passed_over;  ///< a sentence for each entry that is not a valid tool; at most kMaxToolsPerPage
  std::string next_cursor;               ///< "" on the last page
  std::uint64_t ttl_ms = 0;              ///< time for which the list is valid; 0: the server gave none
};

/// Parses the result of tools/list, as JSON text. Returns nullopt if the text is not such a result.
[[nodiscard]] std::optional<ToolPage> read_tool_page(std::string_view result);

/// A header for a tool call with `arguments`, a JSON object. Members that are missing or null have no header.
struct HeaderValue {
  std::string header, value;  ///< `value` is safe in a header
};
[[nodiscard]] std::vector<HeaderValue> header_values(const std::vector<HeaderBinding>& bindings, std::string_view arguments);
/// Returns the value, or `=?base64?...?=` if a header cannot contain it.
[[nodiscard]] std::string encode_header_value(std::string_view value);

}  // namespace offhook::inline v0::agent::tools::mcp
