#pragma once

#include <offhook/agent/records/backlog.hpp>
#include <offhook/agent/records/journal.hpp>
#include <offhook/base/error.hpp>

#include <functional>
#include <memory>
#include <string>

namespace offhook::inline v0::agent::records {

struct WriterOptions {
  JournalOptions journal;
  BacklogLimits backlog;
  base::Duration closing_limit = std::chrono::seconds(5);  ///< for what still waits when the writer goes
  base::Duration slow_after = std::chrono::seconds(5);     ///< a disk that has not answered for so long is told as Failing
};

/// Writes the records of calls on a thread of its own. Nobody waits for it: add() hands over and returns. What is written is on
/// the disk before `on_committed` hears of it. A disk that fails costs no call: records wait in memory, up to the backlog's
/// limits, and are tried again; the log and state() say so.
class RecordWriter {
 public:
  enum class State : std::uint8_t { Writing, Failing, Losing };  ///< Failing: in memory only. Losing: memory is full too
  using OnCommitted = std::function<void(const CallRecord&)>;    ///< on the writer's thread; for whole calls, not for beginnings

  /// `files` must outlive the writer. The folder is opened on the writer's thread: see check_folder() for those who want to know.
  RecordWriter(FileSystem& files, WriterOptions options, OnCommitted on_committed);
  ~RecordWriter();  ///< writes what waits, within the closing limit
  RecordWriter(const RecordWriter&) = delete;
  RecordWriter& operator=(const RecordWriter&) = delete;

  // From any thread but a media worker. False: the backlog is full, and the record is lost (counted, logged).
  bool began(CallRecord record);
  bool ended(CallRecord record);

  [[nodiscard]] State state() const;
  [[nodiscard]] Backlog::Counters counters() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

[[nodiscard]] std::string_view to_string(RecordWriter::State state);

/// Whether `what` ("records") can be written there: makes the folder, and a file in it. The error names the folder and says what to
/// do; the setting is /WHAT/folder.
[[nodiscard]] base::Result<void, base::Error> check_folder(FileSystem& files, const std::string& folder, std::string_view what = "records");

}  // namespace offhook::inline v0::agent::records
