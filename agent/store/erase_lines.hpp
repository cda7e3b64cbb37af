#pragma once

#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::store {

enum class Erasing : std::uint8_t { Count, Overwrite };

/// Overwrites with spaces, in place, each line of the file at `path` for which `is_wanted` returns true. `is_wanted` gets the line without its line
/// feed. A line longer than kMaxLineBytes stays unchanged.
/// A process that appends to the file at the same time loses nothing, because no octet moves. Each line is overwritten from its end. The call's id,
/// near the beginning, therefore still identifies the line after a power failure.
/// The function syncs the file, and returns the number of lines. With Erasing::Count it changes nothing. A missing file has no lines. Errors: the
/// file cannot be opened, read or written.
[[nodiscard]] base::Result<std::uint64_t, base::Error> erase_lines(const std::string& path, Erasing erasing,
                                                                   const std::function<bool(std::string_view line)>& is_wanted);

/// Returns true for a line that erase_lines() has overwritten.
[[nodiscard]] bool is_erased(std::string_view line);

}  // namespace offhook::inline v0::agent::store
