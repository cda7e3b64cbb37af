#include <offhook/agent/recordings/recording_folder.hpp>

#include <offhook/agent/store/retention.hpp>

#include <sys/statvfs.h>

#include <filesystem>

namespace offhook::inline v0::agent::recordings {

namespace {

/// Returns the name of `file` in its parts if it is a recording; nullopt for any other file, and for a link.
std::optional<RecordingName> recording_at(const std::string& folder, const std::string& file) {
  auto name = parse_recording_name(file);
  std::error_code gone;  // Another process may remove the file after the folder was read.
  const bool is_file = name && std::filesystem::symlink_status(folder + "/" + file, gone).type() == std::filesystem::file_type::regular;
  return is_file ? name : std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> free_octets(const std::string& folder) {
  struct statvfs disk{};
  if (::statvfs(folder.c_str(), &disk) != 0) return std::nullopt;
  return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

FileResult<std::uint64_t> used_octets(const std::string& folder) {
  const auto files = store::posix_file_system().list(folder);
  if (!files) return base::fail(files.error());
  std::uint64_t used = 0;
  for (const std::string& file : *files) {
    if (!recording_at(folder, file)) continue;
    std::error_code gone;
    const auto size = std::filesystem::file_size(folder + "/" + file, gone);
    if (!gone) used += size;
  }
  return used;
}

FileResult<std::size_t> remove_recordings_before(const std::string& folder, WallTime first_kept) {
  return store::remove_files(store::posix_file_system(), folder, [&](const std::string& file) {
    const auto name = recording_at(folder, file);
    return name && name->began < first_kept;
  });
}

}  // namespace offhook::inline v0::agent::recordings
