#include <offhook/agent/setup/files_on_disk.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace offhook::inline v0::agent::setup {

namespace {

namespace fs = std::filesystem;

/// Writes the whole text to a new file, whose mode does not depend on the umask. Returns "", or the error.
std::string write_new(const std::string& path, const std::string& text, mode_t mode) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return std::strerror(errno);
  errno = 0;
  const bool is_written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fchmod(file, mode) == 0 && ::fsync(file) == 0;
  std::string failed = is_written ? "" : std::strerror(errno == 0 ? ENOSPC : errno);
  ::close(file);
  return failed;
}

std::string write_file(const std::string& path, const std::string& text, Readers readers) {
  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  // The service's own user must be able to enter a new /etc/offhook. If the folder cannot be created, opening the file reports the reason.
  if (!folder.empty() && fs::create_directories(folder, error)) fs::permissions(folder, fs::perms(0755), error);
  const std::string draft = path + ".new";
  ::unlink(draft.c_str());
  std::string failed = write_new(draft, text, readers == Readers::Owner ? 0600 : 0644);
  if (failed.empty() && std::rename(draft.c_str(), path.c_str()) != 0) failed = std::strerror(errno);
  if (!failed.empty()) ::unlink(draft.c_str());
  return failed;
}

/// Returns true if the path exists, and false if that cannot be checked: a later attempt to write the file reports the reason.
bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

}  // namespace

Files files_on_disk(std::function<std::string(const std::string& name)> share_path) {
  return {exists, config::disk_files(), std::move(share_path), write_file};
}

}  // namespace offhook::inline v0::agent::setup
