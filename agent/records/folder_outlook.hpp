#pragma once

#include <optional>
#include <string>

namespace offhook::inline v0::agent::records {

/// Returns the reason, for people, why this user cannot write to the folder: it is missing and cannot be created, or it is not writable. Returns
/// nullopt if writing seems possible. It changes nothing; check_folder() really tries it.
[[nodiscard]] std::optional<std::string> why_not_kept_in(const std::string& folder);

}  // namespace offhook::inline v0::agent::records
