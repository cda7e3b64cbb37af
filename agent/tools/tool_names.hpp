#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::tools {

inline constexpr std::size_t kMaxLabel = 24;
inline constexpr std::size_t kMaxModelName = 64;

/// Returns true for a valid label, the operator's name for a server: [a-z0-9-]. A label has no underscore. Therefore the text before the first
/// underscore of a tool's name for models is always the label, and no server can use a name of another server.
[[nodiscard]] bool is_label(std::string_view label);

/// Returns the name of a tool for models: "files", "read_file" -> "files__read_file". It matches [A-Za-z0-9_-]{1,64}, as providers require. It
/// depends only on the two arguments, so that no other tool can change it. If the plain name is invalid, the result ends with eight digits of its hash.
[[nodiscard]] std::string model_name(std::string_view label, std::string_view tool);

}  // namespace offhook::inline v0::agent::tools
