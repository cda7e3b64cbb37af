#pragma once

#include <offhook/agent/store/file_system.hpp>
#include <offhook/base/error.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// The folder of a store. `what` is the group of its settings: "records", "transcripts", "recordings".
namespace offhook::inline v0::agent::store {

/// Returns the default folder: NAME below $STATE_DIRECTORY under systemd, /var/lib/offhook for root, otherwise $XDG_STATE_HOME/offhook or
/// ~/.local/state/offhook. Returns "" if none of these variables is set.
[[nodiscard]] std::string default_folder(std::string_view name, const std::function<std::string(const char* variable)>& environment, bool is_root);
/// Returns the default folder for the environment and user of this process.
[[nodiscard]] std::string default_folder(std::string_view name);

/// Checks that files can be written to the folder: it creates the folder, and a file in it. The error names the folder and the remedy.
[[nodiscard]] base::Result<void, base::Error> check_folder(FileSystem& files, const std::string& folder, std::string_view what);
/// Does the same, but for a folder that the operator did not configure, it only logs a failure, because the store tries again with each write.
[[nodiscard]] base::Result<void, base::Error> check_folder_at_start(const std::string& folder, std::string_view what, bool is_configured);
/// Returns `configured`, or, if it is "", the default folder for `what`, after check_folder_at_start(). Fails if the check fails, or if there is no
/// default folder.
[[nodiscard]] base::Result<std::string, base::Error> folder_at_start(const std::string& configured, std::string_view what);

/// Returns, as a text for people, why this user cannot write to the folder: it is missing and cannot be created, or it is not writable. Returns
/// nullopt if writing seems possible. Unlike check_folder(), it does not try to write.
[[nodiscard]] std::optional<std::string> why_not_kept_in(const std::string& folder);

}  // namespace offhook::inline v0::agent::store
