#pragma once

#include <offhook/agent/records/call_record.hpp>
#include <offhook/agent/records/file_system.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace offhook::inline v0::agent::records {

struct JournalOptions {
  std::string folder;
  std::uint64_t rotate_bytes = 64U << 20U;  ///< a file grows no further; a group of lines is never divided
  bool rotate_daily = true;                 ///< in UTC
  unsigned keep = 30;                       ///< rotated files; older ones are removed
};

/// One slot of a records folder: lines go to the end of its file, and are on the disk when append() returns. Not thread-safe;
/// time is an argument. Whatever fails can be tried again: what append() refused is not in the file, or is no whole line there.
class Journal {
 public:
  struct Counters {
    std::uint64_t lines_bytes = 0, rotations = 0, reopened = 0;
    std::uint64_t torn_bytes = 0;  ///< found behind the last line at the start, and set aside
  };

  Journal(FileSystem& files, JournalOptions options) : files_(files), options_(std::move(options)) {}

  /// Makes the folder, takes the first free slot, repairs what a crash left behind.
  FileResult<void> open(WallTime now);
  /// Whole lines, each with its line feed.
  FileResult<void> append(std::string_view lines, WallTime now);

  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] std::string path() const;

 private:
  [[nodiscard]] std::string path_of(std::string_view what) const;
  FileResult<void> take_slot();
  FileResult<void> open_file(WallTime now);
  FileResult<void> sync_name();
  FileResult<void> repair();
  void save_torn(std::uint64_t from, std::uint64_t size);
  [[nodiscard]] bool is_rotation_due(std::size_t more, WallTime now) const;
  FileResult<void> rotate(WallTime now);
  void prune();
  FileResult<void> write_all(std::string_view bytes);
  FileResult<void> write_and_sync(std::string_view lines);
  void notice_shortening();
  void take_back();

  FileSystem& files_;
  JournalOptions options_;
  unsigned slot_ = 0;
  std::shared_ptr<void> lock_;
  std::unique_ptr<AppendFile> file_;
  std::uint64_t size_ = 0;  // of whole lines that are on the disk
  std::int64_t day_ = 0;    // of the last line
  bool torn_ = false;       // Behind size_ stands something that could not be taken back.
  bool is_named_ = false;   // The folder was synced since the file was opened: its name outlives a power cut.
  bool suspect_ = false;    // A sync failed: the kernel may have dropped what it could not write, and say so only once.
  Counters counters_;
};

}  // namespace offhook::inline v0::agent::records
