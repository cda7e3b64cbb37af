#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::config {

/// Returns the known name that a person most likely meant: one that continues `written` behind a "_" ("call_seconds" for "call"), else one
/// that differs by at most a third of its letters (at least two) inserted, dropped, changed or swapped with their neighbour. Case does not
/// count. Nothing when no name is near. Borrows from `known`.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view written, const std::vector<std::string_view>& known);

}  // namespace offhook::inline v0::agent::config
