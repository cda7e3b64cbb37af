#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// Returns the known name that a person most likely meant; nullopt when no name is near. First choice: a name that continues `written`
/// after a "_" ("call_seconds" for "call"). Second choice: a name with a small edit distance: at most a third of its letters (at least two)
/// are inserted, dropped, changed or swapped with their neighbour. Case does not matter. The result borrows from `known`.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view written, const std::vector<std::string_view>& known);

}  // namespace offhook::inline v0::agent
