#pragma once

#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::records {

enum class Erasing : std::uint8_t { Count, Overwrite };

/// Overwrites with spaces, in place, each line of the file at `path` for which `is_wanted` is true. `is_wanted` is given the line without its line
/// feed; a line longer than kMaxLineBytes is left alone. A process that appends to the file meanwhile loses nothing, because no octet moves. Within a
/// line the last octets go first, so that a call's id, near its beginning, still finds the line after a power cut. The file is synced before it returns.
/// Returns the number of lines, with Erasing::Count without a change. A missing file has none. Errors: the file cannot be opened, read or written.
[[nodiscard]] base::Result<std::uint64_t, base::Error> erase_lines(const std::string& path, Erasing erasing,
                                                                   const std::function<bool(std::string_view line)>& is_wanted);

/// True for a line that erase_lines() has overwritten.
[[nodiscard]] bool is_erased(std::string_view line);

}  // namespace offhook::inline v0::agent::records
