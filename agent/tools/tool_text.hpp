#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Writes the results of tools for the model: small JSON objects, in which one member has all text from outside, escaped.
namespace offhook::inline v0::agent::tools {

inline constexpr std::size_t kMaxResultBytes = 16U << 10U;  ///< octets of a source's answer; a longer answer is cut, and the result says so

/// Returns `{"ok":true,"status":"..."}`.
[[nodiscard]] std::string done_text(std::string_view status);
/// Returns `{"ok":false,"reason":"..."}`, for a tool call that did nothing.
[[nodiscard]] std::string refused_text(std::string_view reason);
/// Returns `{"ok":true,"note":"... data ...","data":"..."}`. The text in `data` cannot end the string or begin another member.
[[nodiscard]] std::string data_text(bool ok, std::string_view data);
/// Returns `text` as a JSON string with its quotes; invalid UTF-8 becomes U+FFFD.
[[nodiscard]] std::string json_quoted(std::string_view text);

}  // namespace offhook::inline v0::agent::tools
