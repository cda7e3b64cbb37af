#pragma once

#include <string>

namespace offhook::tools {

/// Returns the path of a file of share/: under $OFFHOOK_SHARE, otherwise in this program's build tree or installation. It searches no other folder,
/// because other users may write to a folder such as the current one.
[[nodiscard]] std::string share_path(const std::string& name);
/// Returns the path of a page of docs/ in this program's build tree or installation; "docs/NAME" if neither has it.
[[nodiscard]] std::string docs_path(const std::string& name);
/// Returns the folder to which share/install-silero writes the model of voice activity. It is fixed, because the model is code that runs in this process.
[[nodiscard]] std::string silero_folder();

}  // namespace offhook::tools
