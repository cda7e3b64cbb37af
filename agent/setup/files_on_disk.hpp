#pragma once

#include <offhook/agent/setup/setup.hpp>

#include <functional>
#include <string>

namespace offhook::inline v0::agent::setup {

/// Returns access to the files of this machine. Writing replaces an older file in one step, so that the file is never incomplete, and another user can
/// never read a secret in it. The mode of the file is 0600 for Readers::Owner and 0644 for Readers::Everyone. A missing folder is created.
[[nodiscard]] Files files_on_disk(std::function<std::string(const std::string& name)> share_path);

}  // namespace offhook::inline v0::agent::setup
