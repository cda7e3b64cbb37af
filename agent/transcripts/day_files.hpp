#pragma once

#include <offhook/agent/store/line_file.hpp>
#include <offhook/agent/store/slot.hpp>
#include <offhook/agent/transcripts/day_file_names.hpp>
#include <offhook/agent/transcripts/transcript_line.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::transcripts {

using store::FileResult;

struct DayFileOptions {
  std::string folder;
  std::uint64_t rotate_bytes = 16U << 20U;  ///< octets at which the day's next file begins; all lines of one append() go into the same file
  unsigned keep_days = 30;                  ///< age in days at which files are removed
  bool readable = false;                    ///< true: writes a .txt file beside each file
};

/// The transcript files of one process. append() writes lines to the end of their agent's file of the day, and returns after they are on the
/// disk. Not thread-safe. Each failed operation may be repeated.
class DayFiles {
 public:
  DayFiles(store::FileSystem& files, DayFileOptions options) : files_(files), options_(std::move(options)) {}

  /// Appends lines of one agent. Fails with the error of the disk, or with file_too_large when kMaxFilesPerDay files are full.
  FileResult<void> append(std::string_view agent, const std::vector<TranscriptLine>& lines, WallTime now);
  /// Removes the files of all slots and agents that are older than keep_days, and then syncs the folder. Returns the number of removed files.
  FileResult<std::size_t> purge(WallTime now);

  /// Returns the total octets of incomplete lines that were removed from files.
  [[nodiscard]] std::uint64_t torn_bytes() const { return torn_bytes_; }

 private:
  struct Open {
    DayFileName name;
    std::optional<store::LineFile> json;
    std::unique_ptr<store::AppendFile> text;
  };
  [[nodiscard]] std::string path(const DayFileName& name) const { return options_.folder + "/" + name.name(); }
  FileResult<store::LineFile*> open_for(Open& open, std::size_t more);
  void write_text(Open& open, const std::vector<TranscriptLine>& lines);
  void close_idle(std::string_view agent, std::int64_t today);

  store::FileSystem& files_;
  DayFileOptions options_;
  store::Slot slot_;
  std::map<std::string, Open, std::less<>> open_;  // key: the agent
  std::uint64_t torn_bytes_ = 0;
};

/// Removes the files of all days (UTC) before the day of `first_kept`. Returns the number of removed files.
FileResult<std::size_t> remove_before(store::FileSystem& files, const std::string& folder, WallTime first_kept);

}  // namespace offhook::inline v0::agent::transcripts
