#pragma once

#include <offhook/agent/setup/setup.hpp>

#include <functional>
#include <string>

namespace offhook::inline v0::agent::setup {

/// Returns the files of this machine. A written file replaces an older one in one step, so that no other user reads a secret in it, and it is never
/// incomplete. Its mode is 0600 for Readers::Owner and 0644 for Readers::Everyone. If its folder is missing, the folder is made.
[[nodiscard]] Files files_on_disk(std::function<std::string(const std::string& name)> share_path);

}  // namespace offhook::inline v0::agent::setup
