#pragma once

#include <offhook/agent/recordings/recording_name.hpp>
#include <offhook/agent/store/file_system.hpp>

#include <cstdint>
#include <optional>
#include <string>

/// Measures a folder of recordings and removes files from it. These functions block.
namespace offhook::inline v0::agent::recordings {

using store::FileResult;

/// Returns the octets that an ordinary user may still write to the folder's file system; nullopt if they are unknown.
[[nodiscard]] std::optional<std::uint64_t> free_octets(const std::string& folder);
/// Returns the octets of all recordings in the folder. Other files do not count.
[[nodiscard]] FileResult<std::uint64_t> used_octets(const std::string& folder);
/// Removes the recordings of calls that began before `first_kept`, and returns their number. If some files cannot be removed, it still removes
/// the other files, and returns the first error.
FileResult<std::size_t> remove_recordings_before(const std::string& folder, WallTime first_kept);

}  // namespace offhook::inline v0::agent::recordings
