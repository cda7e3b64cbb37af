#pragma once

#include <offhook/agent/records/call_record.hpp>
#include <offhook/agent/records/journal.hpp>
#include <offhook/agent/store/write_behind.hpp>

#include <functional>
#include <string_view>

namespace offhook::inline v0::agent::records {

/// A record that waits to be written.
struct RecordEntry {
  CallRecord record;
  bool is_end = false;  ///< false: the record only announces the start of the call
};
/// Returns the approximate octets of memory that the record occupies.
[[nodiscard]] std::size_t weight_of(const RecordEntry& entry);
/// Returns the group of the entry's file, for StoreFiles: "", because all records go into the same file.
[[nodiscard]] inline std::string_view group_of(const RecordEntry&) { return {}; }

struct WriterOptions {
  JournalOptions journal;
  store::BacklogLimits backlog;
  base::Duration closing_limit = std::chrono::seconds(5);  ///< longest time for which the destructor writes waiting records
  base::Duration slow_after = std::chrono::seconds(5);     ///< the state becomes Failing when one write takes longer than this time
};

/// Writes the records of calls on a thread of its own, so that no call waits (store::WriteBehind). Invokes `on_committed` after the record is on the disk.
class RecordWriter {
 public:
  static constexpr base::Duration kGather = std::chrono::milliseconds(10);  ///< records wait for this time, so that one sync serves many calls
  using State = store::State;
  using OnCommitted = std::function<void(const CallRecord&)>;  ///< called on the writer's thread; for ended calls only, not for starts

  /// `files` must outlive the writer. The writer's thread opens the folder; store::check_folder() reports errors in advance.
  RecordWriter(store::FileSystem& files, WriterOptions options, OnCommitted on_committed);

  // Use these functions from any thread except a media worker. If the backlog is full, they count and log the lost record, and return false.
  bool began(CallRecord record) { return entries_.add({std::move(record), false}); }
  bool ended(CallRecord record) { return entries_.add({std::move(record), true}); }

  [[nodiscard]] State state() const { return entries_.state(); }
  [[nodiscard]] store::BacklogCounters counters() const { return entries_.counters(); }

 private:
  store::WriteBehind<RecordEntry> entries_;
};

}  // namespace offhook::inline v0::agent::records
