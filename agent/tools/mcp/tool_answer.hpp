#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::tools::mcp {

/// The text for the model when a call could not be started.
inline constexpr std::string_view kNotAvailable = "The tool is not available at the moment. Nothing was done.";
inline constexpr std::size_t kMaxContentItems = 64;

/// The result of a call, as text for a model. For content without text (images, audio, files) it only mentions the item.
struct ToolAnswer {
  bool ok = false;
  std::string text;  ///< text of the server: data. Cut slightly beyond kMaxResultBytes, so that the tool box reports the cut
  bool by_server = false;  ///< `text` is from the server; false: from Offhook
  bool repeated = false;   ///< the server had ended the session, and the call continued in the next one
};

/// Returns the fault in Offhook's own sentences, for the log, without text of the server; "" if the call succeeded.
[[nodiscard]] std::string why_of(const ToolAnswer& answer);

/// Parses the result of tools/call, as JSON text. With `has_output_schema`, the structured content is the answer. Returns nullopt if it is not such a result.
[[nodiscard]] std::optional<ToolAnswer> read_tool_answer(std::string_view result, bool has_output_schema);

}  // namespace offhook::inline v0::agent::tools::mcp
