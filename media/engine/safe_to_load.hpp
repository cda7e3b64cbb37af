#pragma once

#include <offhook/base/result.hpp>

#include <string>

namespace offhook::inline v0::media {

/// The file itself, without symbolic links, when nobody may put another in its place but root, this process's user, the groups of
/// both, and who owns the program that runs: what is loaded runs as we do. Looks at the file and each folder above it. Errors in words, with the path.
[[nodiscard]] base::Result<std::string, std::string> safe_to_load(const std::string& path);

}  // namespace offhook::inline v0::media
