#pragma once

#include <string>

namespace offhook::tools {

/// A file of share/: under $OFFHOOK_SHARE, or in share/ or share/offhook/ of any of the five folders above this program (a build
/// tree, or an installation). The plain relative path when it is in none.
[[nodiscard]] std::string share_path(const std::string& name);
/// Where `./dev silero` puts the model of voices.
[[nodiscard]] std::string silero_folder();

}  // namespace offhook::tools
