#pragma once

#include <offhook/base/result.hpp>

#include <string>

namespace offhook::inline v0::media {

/// Returns the path of the file without symbolic links, if only the following users may replace it: root, this process's user, the groups of both,
/// and the owner of the running program. The reason: a loaded file runs with our rights. Checks the file and each folder above it. Errors are
/// sentences with the path.
[[nodiscard]] base::Result<std::string, std::string> safe_to_load(const std::string& path);

}  // namespace offhook::inline v0::media
