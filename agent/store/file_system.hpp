#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/text.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace offhook::inline v0::agent::store {

inline constexpr std::size_t kReadChunk = 64U << 10U;  ///< octets that a reader of journals reads at once

/// Returns true for a character that may go from a text, such as an id, into a file's name.
[[nodiscard]] constexpr bool is_name_char(char c) { return (c >= 'a' && c <= 'z') || base::is_digit(c) || c == '-' || c == '_'; }

template <class T>
using FileResult = base::Result<T, std::error_code>;

/// A file that is open for appending. The destructor closes it.
class AppendFile {
 public:
  virtual ~AppendFile() = default;
  /// Writes `bytes`, and returns the number of octets that it wrote, which can be less.
  virtual FileResult<std::size_t> write(std::string_view bytes) = 0;
  virtual FileResult<void> sync() = 0;  ///< does the same as fdatasync(2)
  virtual FileResult<void> truncate(std::uint64_t size) = 0;
  [[nodiscard]] virtual FileResult<std::uint64_t> size() = 0;
  [[nodiscard]] virtual FileResult<std::chrono::system_clock::time_point> modified_at() = 0;
  /// Reads at most `most` octets from position `offset` on; returns "" at the end of the file.
  [[nodiscard]] virtual FileResult<std::string> read(std::uint64_t offset, std::size_t most) = 0;
  [[nodiscard]] virtual bool is_deleted() = 0;                    ///< returns true if the file has no name any more
  [[nodiscard]] virtual bool is_at(const std::string& path) = 0;  ///< returns true if `path` still names this file
};

/// The file operations of the stores. Tests implement this interface with a file system that fails on demand.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  [[nodiscard]] virtual FileResult<std::unique_ptr<AppendFile>> open_append(
      const std::string& path) = 0;                                   ///< creates the file if it is missing; always sets mode 0600
  /// Reads at most `most` octets from the beginning of a file; returns "" if there is no such file. Does not follow a link.
  [[nodiscard]] virtual FileResult<std::string> peek(const std::string& path, std::size_t most) = 0;
  virtual FileResult<void> make_folder(const std::string& path) = 0;  ///< creates the folder and its missing parents with mode 0700
  virtual FileResult<void> rename(const std::string& from, const std::string& to) = 0;
  virtual FileResult<void> remove(const std::string& path) = 0;
  virtual FileResult<void> sync_folder(const std::string& path) = 0;  ///< makes new file names in the folder survive a power failure
  [[nodiscard]] virtual FileResult<std::vector<std::string>> list(const std::string& folder) = 0;  ///< returns the names of the folder's files, in any order
  /// Locks the file until the returned object is destroyed or the process dies. Returns null if another process holds the lock.
  [[nodiscard]] virtual FileResult<std::shared_ptr<void>> try_lock(const std::string& path) = 0;
};

/// Returns the real file system, by POSIX.
[[nodiscard]] FileSystem& posix_file_system();

}  // namespace offhook::inline v0::agent::store
