#pragma once

#include <offhook/base/result.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace offhook::inline v0::agent::records {

inline constexpr std::size_t kReadChunk = 64U << 10U;  ///< octets that a reader of journals asks for at once

template <class T>
using FileResult = base::Result<T, std::error_code>;

/// A file opened to be appended to. Closed when it goes.
class AppendFile {
 public:
  virtual ~AppendFile() = default;
  /// May take less than all.
  virtual FileResult<std::size_t> write(std::string_view bytes) = 0;
  virtual FileResult<void> sync() = 0;  ///< fdatasync(2)
  virtual FileResult<void> truncate(std::uint64_t size) = 0;
  [[nodiscard]] virtual FileResult<std::uint64_t> size() = 0;
  [[nodiscard]] virtual FileResult<std::chrono::system_clock::time_point> modified_at() = 0;
  /// At most `most` octets from `offset`; "" at the end.
  [[nodiscard]] virtual FileResult<std::string> read(std::uint64_t offset, std::size_t most) = 0;
  [[nodiscard]] virtual bool is_deleted() = 0;                    ///< no name leads to it any more
  [[nodiscard]] virtual bool is_at(const std::string& path) = 0;  ///< `path` still leads to it
};

/// What the journal needs of a file system: the real one, or a test's that fails on demand.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  [[nodiscard]] virtual FileResult<std::unique_ptr<AppendFile>> open_append(
      const std::string& path) = 0;                                   ///< made when missing; mode 0600 in any case
  virtual FileResult<void> make_folder(const std::string& path) = 0;  ///< and those above it that are missing, mode 0700
  virtual FileResult<void> rename(const std::string& from, const std::string& to) = 0;
  virtual FileResult<void> remove(const std::string& path) = 0;
  virtual FileResult<void> sync_folder(const std::string& path) = 0;  ///< so that a new name outlives a power cut
  [[nodiscard]] virtual FileResult<std::vector<std::string>> list(const std::string& folder) = 0;  ///< names, any order
  /// Held until the returned object goes, or the process dies. Nothing: another process has it.
  [[nodiscard]] virtual FileResult<std::shared_ptr<void>> try_lock(const std::string& path) = 0;
};

/// The one that POSIX gives us.
[[nodiscard]] FileSystem& posix_file_system();

}  // namespace offhook::inline v0::agent::records
