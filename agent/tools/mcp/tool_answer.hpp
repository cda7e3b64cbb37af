#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::tools::mcp {

/// The model is told this when a call could not be started.
inline constexpr std::string_view kNotAvailable = "The tool is not available at the moment. Nothing was done.";
inline constexpr std::size_t kMaxContentItems = 64;

/// What came of a call, as text for a model: of what cannot be said in words (images, audio, files) only that it was there.
struct ToolAnswer {
  bool ok = false;
  std::string text;  ///< whatever the server wrote: data. Cut a little beyond kMaxResultBytes, so that the tool box says so
  bool by_server = false;  ///< `text` is the server's; else a sentence of ours
  bool repeated = false;   ///< the server had ended the session of the call, which went on in the next one
};

/// Returns the failure in our own sentences, for the log, without a word of the server; "" when the call succeeded.
[[nodiscard]] std::string why_of(const ToolAnswer& answer);

/// Of the result of tools/call, as JSON text. `has_output_schema`: its structured content is what it means. Nothing: it is none.
[[nodiscard]] std::optional<ToolAnswer> read_tool_answer(std::string_view result, bool has_output_schema);

}  // namespace offhook::inline v0::agent::tools::mcp
