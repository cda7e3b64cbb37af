#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::tools {

inline constexpr std::size_t kMaxLabel = 24;
inline constexpr std::size_t kMaxModelName = 64;

/// A server's label, by which the operator tells it from others: [a-z0-9-]. No underscore, so that what stands before the first
/// one in a model's name is always the label, and no server can take a name in another's.
[[nodiscard]] bool is_label(std::string_view label);

/// "files", "read_file" -> "files__read_file": [A-Za-z0-9_-]{1,64}, as models' providers ask for. It depends on these two alone,
/// so that no other tool can change it: a name that does not fit as it is ends in eight digits of its hash.
[[nodiscard]] std::string model_name(std::string_view label, std::string_view tool);

}  // namespace offhook::inline v0::agent::tools
