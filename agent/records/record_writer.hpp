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
  base::Duration closing_limit = std::chrono::seconds(5);  ///< limit for writing the waiting records in the destructor
  base::Duration slow_after = std::chrono::seconds(5);     ///< the state is Failing when the disk has not answered for this time
};

/// Writes the records of calls on a thread of its own. No caller waits for it: add() queues the record and returns. A record is on the disk before
/// `on_committed` is called. A failing disk affects no call: records wait in memory, up to the backlog's limits, and the writer retries; the log and
/// state() report it.
class RecordWriter {
 public:
  enum class State : std::uint8_t { Writing, Failing, Losing };  ///< Failing: records are only in memory. Losing: memory is full too
  using OnCommitted = std::function<void(const CallRecord&)>;    ///< called on the writer's thread; for ended calls only, not for starts

  /// `files` must outlive the writer. The writer's thread opens the folder; check_folder() reports errors in advance.
  RecordWriter(FileSystem& files, WriterOptions options, OnCommitted on_committed);
  ~RecordWriter();  ///< writes the waiting records within closing_limit
  RecordWriter(const RecordWriter&) = delete;
  RecordWriter& operator=(const RecordWriter&) = delete;

  // Call these from any thread except a media worker. They return false if the backlog is full: the record is lost, counted and logged.
  bool began(CallRecord record);
  bool ended(CallRecord record);

  [[nodiscard]] State state() const;
  [[nodiscard]] Backlog::Counters counters() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

[[nodiscard]] std::string_view to_string(RecordWriter::State state);

/// Checks that `what` ("records") can be written to the folder: it creates the folder, and a file in it. The error names the folder and the remedy;
/// the setting is /WHAT/folder.
[[nodiscard]] base::Result<void, base::Error> check_folder(FileSystem& files, const std::string& folder, std::string_view what = "records");

}  // namespace offhook::inline v0::agent::records
