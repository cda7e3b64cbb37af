#pragma once

#include <offhook/agent/records/call_record.hpp>
#include <offhook/agent/records/journal_names.hpp>
#include <offhook/agent/store/line_file.hpp>
#include <offhook/agent/store/slot.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::records {

using store::FileResult;

struct JournalOptions {
  std::string folder;
  std::uint64_t rotate_bytes = 64U << 20U;  ///< octets at which a new file begins; all lines of one append() go into the same file
  bool rotate_daily = true;                 ///< begins a new file on each new day (UTC)
  unsigned keep = 30;                       ///< number of rotated files; older files are removed
};

/// The files of one slot of a records folder. append() writes lines to the end of the current file, and returns after they are on the disk. Not
/// thread-safe. A failed append() may be repeated: the file then does not contain its lines as whole lines.
class Journal {
 public:
  struct Counters {
    std::uint64_t reopened = 0;    ///< files that another program had moved or removed
    std::uint64_t torn_bytes = 0;  ///< octets of incomplete lines at the end of files, which were moved to another file
  };

  Journal(store::FileSystem& files, JournalOptions options) : files_(files), options_(std::move(options)) {}

  /// Appends whole lines, each with its line feed. If no file is open, it first creates the folder, takes the first free slot, and repairs the
  /// slot's file after a crash.
  FileResult<void> append(std::string_view lines, WallTime now);

  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] std::string path() const { return options_.folder + "/" + name_of("jsonl"); }

 private:
  [[nodiscard]] std::string name_of(std::string_view what) const { return slot_name(slot_.number(), what); }
  FileResult<void> open(WallTime now);
  [[nodiscard]] bool is_rotation_due(std::size_t more, WallTime now) const;
  void rotate(WallTime now);
  void prune();

  store::FileSystem& files_;
  JournalOptions options_;
  store::Slot slot_;
  std::optional<store::LineFile> file_;
  std::int64_t day_ = 0;  // day of the last line
  Counters counters_;
};

}  // namespace offhook::inline v0::agent::records
