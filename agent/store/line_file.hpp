#pragma once

#include <offhook/agent/store/file_system.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::store {

/// Writes all bytes, or returns an error after a part of them.
FileResult<void> write_all(AppendFile& file, std::string_view bytes);

/// A file of lines that only this process writes to. Not thread-safe. A failed append() may be repeated: its lines are not in the file as
/// whole lines.
class LineFile {
 public:
  /// Opens or creates the file, and removes the octets after its last line feed: a crash cut them, and they were never reported as stored.
  /// They are saved in the file `torn` of the folder, unless `torn` is "".
  static FileResult<LineFile> open(FileSystem& files, std::string folder, const std::string& name, const std::string& torn = {});

  /// Appends whole lines, each with its line feed. Returns after the disk has them under the file's name.
  FileResult<void> append(std::string_view lines);

  /// Returns the octets of the lines on the disk.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Returns the octets that open() removed.
  [[nodiscard]] std::uint64_t torn_bytes() const { return torn_bytes_; }
  /// Returns true after a failed sync: the kernel may have dropped data that it could not write, and reports this only once.
  [[nodiscard]] bool is_suspect() const { return suspect_; }
  /// Returns false if another program has moved or removed the file. Then do not write to it any more.
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
  bool torn_ = false;      // The file has octets after size_ that could not be removed.
  bool is_named_ = false;  // The folder has been synced since the file was opened, so that the name survives a power failure.
  bool suspect_ = false;
};

}  // namespace offhook::inline v0::agent::store
