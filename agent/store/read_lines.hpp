#pragma once

#include <offhook/agent/store/file_system.hpp>

#include <cstdint>
#include <functional>
#include <string_view>

namespace offhook::inline v0::agent::store {

/// A line of a file, without its line feed.
struct FileLine {
  std::string_view text;     ///< valid during the visit; "" if is_too_long
  std::uint64_t offset = 0;  ///< the position of its first octet in the file
  bool is_too_long = false;  ///< longer than kMaxLineBytes
  bool is_whole = true;      ///< false: the file ends before the line feed
};

/// Reads the file that is open as `fd` from its beginning, and invokes `visit` for each line. Other processes may append to the file at the
/// same time. Fails if the file cannot be read.
FileResult<void> read_lines(int fd, const std::function<void(const FileLine&)>& visit);

}  // namespace offhook::inline v0::agent::store
