#include <offhook/agent/recordings/recording_folder.hpp>

#include <sys/statvfs.h>

#include <filesystem>

namespace offhook::inline v0::agent::recordings {

namespace {

/// Calls `each` for each recording in the folder, but not for links.
template <class Each>
FileResult<void> for_recordings(const std::string& folder, Each each) {
  std::error_code failed;
  std::filesystem::directory_iterator at(folder, failed);
  for (; !failed && at != std::filesystem::directory_iterator(); at.increment(failed)) {
    const auto name = parse_recording_name(at->path().filename().string());
    std::error_code gone;  // Another process may remove the file after the folder was read.
    if (name && at->symlink_status(gone).type() == std::filesystem::file_type::regular) each(*at, *name);
  }
  if (failed) return base::fail(failed);
  return {};
}

}  // namespace

std::optional<std::uint64_t> free_octets(const std::string& folder) {
  struct statvfs disk{};
  if (::statvfs(folder.c_str(), &disk) != 0) return std::nullopt;
  return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

FileResult<std::uint64_t> used_octets(const std::string& folder) {
  std::uint64_t used = 0;
  const auto looked = for_recordings(folder, [&used](const std::filesystem::directory_entry& file, const RecordingName&) {
    std::error_code gone;
    const auto size = file.file_size(gone);
    if (!gone) used += size;
  });
  if (!looked) return base::fail(looked.error());
  return used;
}

FileResult<std::size_t> remove_recordings_before(const std::string& folder, WallTime first_kept) {
  std::size_t removed = 0;
  std::error_code first_failure;
  const auto looked = for_recordings(folder, [&](const std::filesystem::directory_entry& file, const RecordingName& name) {
    if (name.began >= first_kept) return;
    std::error_code failed;
    if (std::filesystem::remove(file.path(), failed)) ++removed;
    if (failed && !first_failure) first_failure = failed;
  });
  if (!looked) return base::fail(looked.error());
  if (removed > 0) {
    if (const auto synced = records::posix_file_system().sync_folder(folder); !synced && !first_failure) first_failure = synced.error();
  }
  if (first_failure) return base::fail(first_failure);
  return removed;
}

}  // namespace offhook::inline v0::agent::recordings
