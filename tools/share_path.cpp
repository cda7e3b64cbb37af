#include <offhook/tools/share_path.hpp>

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace offhook::tools {

namespace fs = std::filesystem;

namespace {

fs::path program_folder() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored).parent_path();
}

/// Returns true for the programs' folder of a build tree: build/PRESET/tools, or build/tools.
bool is_in_build_tree(const fs::path& folder) { return folder.filename() == "tools"; }

/// Returns the path of `file` in the source tree to which the build tree of `folder` belongs; nullopt if there is no such tree or file.
std::optional<std::string> in_build_tree(const fs::path& folder, const fs::path& file) {
  std::error_code ignored;
  for (const char* up : {"../../..", "../.."}) {
    const fs::path candidate = (folder / up / file).lexically_normal();
    if (is_in_build_tree(folder) && fs::exists(candidate, ignored)) return candidate.string();
  }
  return std::nullopt;
}

}  // namespace

std::string share_path(const std::string& name) {
  if (const char* share = std::getenv("OFFHOOK_SHARE")) return (fs::path(share) / name).string();
  const fs::path folder = program_folder();
  if (const auto found = in_build_tree(folder, fs::path("share") / name)) return *found;
  return (folder / "../share/offhook" / name).lexically_normal().string();
}

std::string docs_path(const std::string& name) {
  const fs::path folder = program_folder();
  if (const auto found = in_build_tree(folder, fs::path("docs") / name)) return *found;
  const fs::path installed = (folder / "../share/doc/offhook/docs" / name).lexically_normal();
  std::error_code ignored;
  return fs::exists(installed, ignored) ? installed.string() : "docs/" + name;
}

std::string silero_folder() {
  const fs::path folder = program_folder();
  return is_in_build_tree(folder) ? (folder / "../../share/silero").lexically_normal().string() : "/usr/local/lib/offhook/silero";
}

}  // namespace offhook::tools
