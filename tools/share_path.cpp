#include <offhook/tools/share_path.hpp>

#include <cstdlib>
#include <filesystem>

namespace offhook::tools {

namespace fs = std::filesystem;

namespace {

fs::path program_folder() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored).parent_path();
}

/// A build tree has its programs in build/PRESET/tools, or in build/tools.
bool is_in_build_tree(const fs::path& folder) { return folder.filename() == "tools"; }

}  // namespace

std::string share_path(const std::string& name) {
  if (const char* share = std::getenv("OFFHOOK_SHARE")) return (fs::path(share) / name).string();
  const fs::path folder = program_folder();
  std::error_code ignored;
  if (is_in_build_tree(folder)) {
    for (const char* up : {"../../../share", "../../share"}) {
      const fs::path candidate = (folder / up / name).lexically_normal();
      if (fs::exists(candidate, ignored)) return candidate.string();
    }
  }
  return (folder / "../share/offhook" / name).lexically_normal().string();
}

std::string silero_folder() {
  const fs::path folder = program_folder();
  return is_in_build_tree(folder) ? (folder / "../../share/silero").lexically_normal().string() : "/usr/local/lib/offhook/silero";
}

}  // namespace offhook::tools
