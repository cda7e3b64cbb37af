#include <offhook/tools/share_path.hpp>

#include <cstdlib>
#include <filesystem>

namespace offhook::tools {

std::string share_path(const std::string& name) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (const char* share = std::getenv("OFFHOOK_SHARE")) return (fs::path(share) / name).string();
  fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (int i = 0; i < 5; ++i, folder = folder.parent_path()) {
    for (const char* share : {"share", "share/offhook"}) {
      const fs::path candidate = folder / share / name;
      if (fs::exists(candidate, ignored)) return candidate.string();
    }
  }
  return "share/" + name;
}

std::string silero_folder() { return std::filesystem::path(share_path("silero/silero_vad.onnx")).parent_path().string(); }

}  // namespace offhook::tools
