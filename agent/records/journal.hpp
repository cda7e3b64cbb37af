#pragma once

#include <offhook/agent/records/call_record.hpp>
#include <offhook/agent/support/file_system.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace offhook::inline v0::agent::records {

struct JournalOptions {
  std::string folder;
  std::uint64_t rotate_bytes = 64U << 20U;  ///< maximum size of a file; all lines of one append() go into the same file
  bool rotate_daily = true;                 ///< begins a new file on each new day (UTC)
  unsigned keep = 30;                       ///< number of rotated files; older ones are removed
};

/// One slot of a records folder. append() writes lines to the end of the slot's file, and returns after the disk has them. Not thread-safe; time is
/// an argument. The caller may repeat each failed operation: the lines of a failed append() are not in the file as whole lines.
class Journal {
 public:
  struct Counters {
    std::uint64_t lines_bytes = 0, rotations = 0, reopened = 0;
    std::uint64_t torn_bytes = 0;  ///< octets after the last line at the start, which were moved to another file
  };

  Journal(FileSystem& files, JournalOptions options) : files_(files), options_(std::move(options)) {}

  /// Creates the folder, takes the first free slot, and repairs the file after a crash.
  FileResult<void> open(WallTime now);
  /// Appends whole lines, each with its line feed.
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
  std::uint64_t size_ = 0;  // octets of whole lines that are on the disk
  std::int64_t day_ = 0;    // day of the last line
  bool torn_ = false;       // The file has octets after size_ that could not be removed.
  bool is_named_ = false;   // The folder has been synced since the file was opened, so that the name survives a power failure.
  bool suspect_ = false;    // A sync failed: the kernel may have dropped data that it could not write, and reports this only once.
  Counters counters_;
};

}  // namespace offhook::inline v0::agent::records
