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
  std::size_t octets = 16U << 20U;  ///< of their lines, about
};

/// What waits to be written, and when to try. Pure: the writer's thread owns the clock and the files. Full, it refuses the
/// newest.
class Backlog {
 public:
  struct Entry {
    CallRecord record;
    bool is_end = false;  ///< else it only says that the call began
  };
  struct Counters {
    std::uint64_t committed = 0, refused = 0, failures = 0;
    std::size_t waiting = 0;          ///< now
    std::size_t failures_in_row = 0;  ///< 0: all is well
  };

  explicit Backlog(BacklogLimits limits = {}) : limits_(limits) {}

  [[nodiscard]] bool try_add(Entry entry, base::TimePoint now);
  /// When take() has something. Entries gather for a moment first, so that one sync serves many calls.
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return due_; }
  [[nodiscard]] bool is_due(base::TimePoint now) const { return due_ && now >= *due_; }
  /// The oldest of what waits, up to kMaxGroup; then exactly one of committed() and failed() is due.
  [[nodiscard]] std::vector<Entry> take();
  void committed(base::TimePoint now);
  /// Puts them back in front, and waits longer with each failure.
  void failed(std::vector<Entry> entries, base::TimePoint now);

  [[nodiscard]] Counters counters() const;
  /// Records are being refused: calls end that nobody will ever know of.
  [[nodiscard]] bool is_refusing() const { return refusing_; }

  static constexpr std::size_t kMaxGroup = 256;
  static constexpr base::Duration kGather = std::chrono::milliseconds(10);
  static constexpr base::Duration kFirstRetry = std::chrono::milliseconds(500);
  static constexpr base::Duration kLongestRetry = std::chrono::seconds(15);

 private:
  BacklogLimits limits_;
  std::deque<Entry> entries_;
  std::size_t octets_ = 0;                    // Of those that wait and of those that were taken.
  std::size_t taken_ = 0, taken_octets_ = 0;  // In the writer's hands.
  bool refusing_ = false;
  std::optional<base::TimePoint> due_;
  Counters counters_;
};

/// About the octets that `record` keeps in memory.
[[nodiscard]] std::size_t weight_of(const CallRecord& record);

}  // namespace offhook::inline v0::agent::records
