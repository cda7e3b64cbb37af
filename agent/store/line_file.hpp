#pragma once

#include <offhook/agent/store/file_system.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::store {

/// Writes all bytes, or returns an error after a part of them.
FileResult<void> write_all(AppendFile& file, std::string_view bytes);

/// A file of lines, to which only this process writes. Not thread-safe. A failed append() may be repeated: the file then does not contain
/// its lines as whole lines.
class LineFile {
 public:
  /// Opens or creates the file, and removes the octets after its last line feed: they are a line that a crash left incomplete, and that was
  /// never reported as stored. Unless `torn` is "", it saves them in the file `torn` of the folder.
  static FileResult<LineFile> open(FileSystem& files, std::string folder, const std::string& name, const std::string& torn = {});

  /// Appends whole lines, each with its line feed. Returns after they and the file's name are on the disk.
  FileResult<void> append(std::string_view lines);

  /// Returns the number of octets of all lines on the disk.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Returns the number of octets that open() removed.
  [[nodiscard]] std::uint64_t torn_bytes() const { return torn_bytes_; }
  /// Returns true after a failed sync: the kernel may then have dropped data of this file, and a later sync does not report that again.
  [[nodiscard]] bool is_suspect() const { return suspect_; }
  /// Returns false if another program has moved or removed the file. Do not write to the file after that.
  [[nodiscard]] bool is_in_place() const { return file_->is_at(path_); }
  [[nodiscard]] FileResult<std::chrono::system_clock::time_point> modified_at() const { return file_->modified_at(); }

 private:
  LineFile(FileSystem& files, std::string folder, std::string path, std::unique_ptr<AppendFile> file)
      : files_(files), folder_(std::move(folder)), path_(std::move(path)), file_(std::move(file)) {}

  FileResult<void> repair(const std::string& torn);
  void save_torn(const std::string& torn, std::uint64_t size);
  FileResult<void> sync_name();
  FileResult<void> write_and_sync(std::string_view lines);
  void notice_shortening();

  FileSystem& files_;
  std::string folder_, path_;
  std::unique_ptr<AppendFile> file_;
  std::uint64_t size_ = 0, torn_bytes_ = 0;
  bool torn_ = false;      // true: the file has octets after size_ that could not be removed
  bool is_named_ = false;  // true: the folder was synced after the file was opened, so that the name survives a power failure
  bool suspect_ = false;
};

}  // namespace offhook::inline v0::agent::store
