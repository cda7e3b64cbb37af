#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// What is written to the model: small JSON objects, with everything from outside as escaped text in one member.
namespace offhook::inline v0::agent::tools {

inline constexpr std::size_t kMaxResultBytes = 16U << 10U;  ///< of what a tool's source answers; the rest is cut off, and said so

/// `{"ok":true,"status":"..."}`
[[nodiscard]] std::string done_text(std::string_view status);
/// `{"ok":false,"reason":"..."}`: nothing was done.
[[nodiscard]] std::string refused_text(std::string_view reason);
/// `{"ok":true,"note":"... data ...","data":"..."}`: whatever stands in `data`, it ends no string and begins no member.
[[nodiscard]] std::string data_text(bool ok, std::string_view data);
/// `text` as a JSON string with its quotes; what is no UTF-8 becomes U+FFFD.
[[nodiscard]] std::string json_quoted(std::string_view text);

}  // namespace offhook::inline v0::agent::tools
