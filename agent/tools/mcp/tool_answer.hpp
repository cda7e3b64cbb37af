#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::tools::mcp {

/// The text for the model when a tool call cannot be started.
inline constexpr std::string_view kNotAvailable = "The tool is not available at the moment. Nothing was done.";
inline constexpr std::size_t kMaxContentItems = 64;

/// The result of a tool call, as text for a model. For content without text (images, audio, files), it only mentions the item.
struct ToolAnswer {
  bool ok = false;
  std::string text;  ///< data of the server; may be slightly longer than kMaxResultBytes, so that the tool box notices the cut
  bool by_server = false;  ///< true: `text` is from the server; false: `text` is from Offhook
  bool repeated = false;   ///< true: the server had ended the session, and the tool call was sent again in the next one
};

/// Returns the fault in Offhook's own sentences, for the log, without text of the server; "" if the call succeeded.
[[nodiscard]] std::string why_of(const ToolAnswer& answer);

/// Parses the result of tools/call, as JSON text. If `has_output_schema`, the structured content is the answer. Returns nullopt for any other text.
[[nodiscard]] std::optional<ToolAnswer> read_tool_answer(std::string_view result, bool has_output_schema);

}  // namespace offhook::inline v0::agent::tools::mcp
