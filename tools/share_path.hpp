#pragma once

#include <string>

namespace offhook::tools {

/// A file of share/: under $OFFHOOK_SHARE; else where this program's build tree or its installation has it, and nowhere else: a
/// folder that others may fill, such as the current one, is never searched.
[[nodiscard]] std::string share_path(const std::string& name);
/// A page of docs/, where this program's build tree or its installation has it; "docs/NAME" where neither has it.
[[nodiscard]] std::string docs_path(const std::string& name);
/// Where share/install-silero puts the model of voices, which is code that runs as this program does: one fixed folder.
[[nodiscard]] std::string silero_folder();

}  // namespace offhook::tools
