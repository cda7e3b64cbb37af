#pragma once

#include <offhook/agent/records/call_record.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::records {

struct BacklogLimits {
  std::size_t records = 8192;
  std::size_t octets = 16U << 20U;  ///< approximate octets of their lines
};

/// The records that wait to be written, and the time of the next attempt. It does no I/O: the writer's thread has the clock and the files. A full
/// backlog refuses new records.
class Backlog {
 public:
  struct Entry {
    CallRecord record;
    bool is_end = false;  ///< false: the record only announces the start of the call
  };
  struct Counters {
    std::uint64_t committed = 0, refused = 0, failures = 0;
    std::size_t waiting = 0;          ///< current number
    std::size_t failures_in_row = 0;  ///< 0 after a success
  };

  explicit Backlog(BacklogLimits limits = {}) : limits_(limits) {}

  [[nodiscard]] bool try_add(Entry entry, base::TimePoint now);
  /// Returns the time from which take() returns entries. Entries collect for a short time first, so that one sync serves many calls.
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return due_; }
  [[nodiscard]] bool is_due(base::TimePoint now) const { return due_ && now >= *due_; }
  /// Takes the oldest waiting entries, at most kMaxGroup. The caller must then call either committed() or failed(), once.
  [[nodiscard]] std::vector<Entry> take();
  void committed(base::TimePoint now);
  /// Puts the entries back to the front, and doubles the wait with each failure.
  void failed(std::vector<Entry> entries, base::TimePoint now);

  [[nodiscard]] Counters counters() const;
  /// Returns true while the backlog is full, so that the records of ending calls are lost.
  [[nodiscard]] bool is_refusing() const { return refusing_; }

  static constexpr std::size_t kMaxGroup = 256;
  static constexpr base::Duration kGather = std::chrono::milliseconds(10);
  static constexpr base::Duration kFirstRetry = std::chrono::milliseconds(500);
  static constexpr base::Duration kLongestRetry = std::chrono::seconds(15);

 private:
  BacklogLimits limits_;
  std::deque<Entry> entries_;
  std::size_t octets_ = 0;                    // octets of waiting and taken entries
  std::size_t taken_ = 0, taken_octets_ = 0;  // taken by the writer, and not yet committed or failed
  bool refusing_ = false;
  std::optional<base::TimePoint> due_;
  Counters counters_;
};

/// Returns the approximate octets of memory that `record` occupies.
[[nodiscard]] std::size_t weight_of(const CallRecord& record);

}  // namespace offhook::inline v0::agent::records
