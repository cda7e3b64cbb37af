#include <offhook/agent/records/folder_outlook.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace offhook::inline v0::agent::records {

std::optional<std::string> why_not_kept_in(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code failed;
  fs::path at = fs::absolute(folder, failed);
  if (failed) return failed.message();
  // Check the nearest existing parent, in which the next folder would be created. The root always exists.
  fs::file_type kind = fs::status(at, failed).type();
  for (; kind == fs::file_type::not_found && at.has_relative_path(); kind = fs::status(at, failed).type()) at = at.parent_path();
  if (kind == fs::file_type::none) return at.string() + ": " + failed.message();
  if (kind != fs::file_type::directory) return at.string() + " is not a folder";
  if (::faccessat(AT_FDCWD, at.c_str(), W_OK | X_OK, AT_EACCESS) != 0) return at.string() + ": " + std::strerror(errno);
  return std::nullopt;
}

}  // namespace offhook::inline v0::agent::records
