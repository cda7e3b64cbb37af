#pragma once

#include <optional>
#include <string>

namespace offhook::inline v0::agent::records {

/// Why this user could keep nothing in that folder, for people: it is not there and cannot be made, or cannot be written to. Nothing:
/// it looks as if it could be. Touches nothing; check_folder() tries it.
[[nodiscard]] std::optional<std::string> why_not_kept_in(const std::string& folder);

}  // namespace offhook::inline v0::agent::records
