#pragma once

#include <offhook/agent/support/file_system.hpp>
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

using records::FileResult;

struct DayFileOptions {
  std::string folder;
  std::uint64_t rotate_bytes = 16U << 20U;  ///< maximum size of a file; all lines of one append() go into the same file
  unsigned keep_days = 30;                  ///< files of earlier days are removed
  bool readable = false;                    ///< writes a .txt next to each file
};

/// The transcript files of one process. append() writes lines to the end of their agent's file of the day, and returns after the disk has them. Not
/// thread-safe; time is an argument. The caller may repeat each failed operation.
class DayFiles {
 public:
  struct Counters {
    std::uint64_t lines_bytes = 0, files_opened = 0, files_removed = 0, torn_bytes = 0, texts_failed = 0;
  };

  DayFiles(records::FileSystem& files, DayFileOptions options) : files_(files), options_(std::move(options)) {}

  /// Appends lines of one agent. Returns the error of the disk; file_too_large when kMaxFilesPerDay files are full.
  FileResult<void> append(std::string_view agent, const std::vector<TranscriptLine>& lines, WallTime now);
  /// Removes the files of all slots and agents that are older than keep_days, and then syncs the folder. Returns the number of removed files.
  FileResult<std::size_t> purge(WallTime now);

  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  struct Open {
    DayFileName name;
    std::unique_ptr<records::AppendFile> json, text;
    std::uint64_t size = 0;
    bool is_named = false;  // The folder has been synced since the file was created, so that the name survives a power failure.
    bool torn = false;
  };
  [[nodiscard]] std::string path(const DayFileName& name) const { return options_.folder + "/" + name.name(); }
  FileResult<void> take_slot();
  FileResult<Open*> open_for(const std::string& agent, std::size_t more, WallTime now);
  FileResult<void> open_next(Open& open, std::size_t more);
  FileResult<void> repair(Open& open);
  FileResult<void> write(Open& open, std::string_view bytes);
  void write_text(Open& open, const std::vector<TranscriptLine>& lines);
  void close_idle(const std::string& agent, std::int64_t today);

  records::FileSystem& files_;
  DayFileOptions options_;
  unsigned slot_ = 0;
  std::shared_ptr<void> lock_;
  std::map<std::string, Open, std::less<>> open_;  // key: the agent
  Counters counters_;
};

/// Removes the files of all days (UTC) before the day of `first_kept`. Returns the number of removed files.
FileResult<std::size_t> remove_before(records::FileSystem& files, const std::string& folder, WallTime first_kept);

/// A task that is due at the start and once on each new day (UTC). It stays due until done().
class DailyTask {
 public:
  [[nodiscard]] bool is_due(WallTime now) const;
  void done(WallTime now);

 private:
  std::optional<std::int64_t> day_;
};

}  // namespace offhook::inline v0::agent::transcripts
