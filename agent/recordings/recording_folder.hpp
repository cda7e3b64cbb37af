#pragma once

#include <offhook/agent/records/file_system.hpp>
#include <offhook/agent/recordings/recording_name.hpp>

#include <cstdint>
#include <optional>
#include <string>

/// What is looked at and removed in a folder of recordings. Blocks.
namespace offhook::inline v0::agent::recordings {

using records::FileResult;

/// Octets that an ordinary user may still fill on the folder's file system; nothing: it cannot be said.
[[nodiscard]] std::optional<std::uint64_t> free_octets(const std::string& folder);
/// Octets of all recordings there; other files do not count.
[[nodiscard]] FileResult<std::uint64_t> used_octets(const std::string& folder);
/// Removes the recordings of calls that began before that. Gives how many went; the first that could not be removed is the error, and
/// the others go all the same.
FileResult<std::size_t> remove_recordings_before(const std::string& folder, WallTime first_kept);

}  // namespace offhook::inline v0::agent::recordings
