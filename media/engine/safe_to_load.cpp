#include <offhook/media/engine/safe_to_load.hpp>

#include <filesystem>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

namespace offhook::inline v0::media {
namespace {

bool group_may_change(const struct stat& place) {
  return (place.st_mode & S_IWGRP) != 0 && place.st_gid != 0 && place.st_gid != ::getegid();
}

bool others_may_change(const struct stat& place) {
  struct stat program{};
  const bool is_known = ::stat("/proc/self/exe", &program) == 0;
  const bool is_ours = place.st_uid == 0 || place.st_uid == ::geteuid() || (is_known && place.st_uid == program.st_uid);
  // In a sticky folder, for example /tmp, all users may make files, but may not move files of other users.
  const bool is_sticky = S_ISDIR(place.st_mode) && (place.st_mode & S_ISVTX) != 0;
  return !is_ours || (!is_sticky && ((place.st_mode & S_IWOTH) != 0 || group_may_change(place)));
}

}  // namespace

base::Result<std::string, std::string> safe_to_load(const std::string& path) {
  std::error_code failed;
  const auto file = std::filesystem::canonical(path, failed);
  if (failed) return base::fail(path + ": " + failed.message());
  for (auto place = file;; place = place.parent_path()) {
    struct stat found{};
    if (::stat(place.c_str(), &found) != 0 || others_may_change(found))
      return base::fail(path + " is not loaded: other users may change " + place.string());
    if (place == place.root_path()) return file.string();
  }
}

}  // namespace offhook::inline v0::media
