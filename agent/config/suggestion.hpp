#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::config {

/// The known name that a person most likely meant: at most a third of its letters (and at least two) inserted, dropped, changed
/// or swapped with their neighbour; case does not count. Nothing when none is near. Borrows from `known`.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view written, const std::vector<std::string_view>& known);

}  // namespace offhook::inline v0::agent::config
