#pragma once

#include <offhook/agent/records/file_system.hpp>
#include <offhook/agent/transcripts/day_files.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::transcripts {

struct LineQueueLimits {
  std::size_t lines = 8192;
  std::size_t octets = 8U << 20U;  ///< of their texts and names
};

/// What waits to be written, and when to try. Pure: the store's thread owns the clock and the files. Full, it refuses the newest.
class LineQueue {
 public:
  struct Counters {
    std::uint64_t written = 0, refused = 0, failures = 0;
    std::size_t waiting = 0;
  };
  static constexpr std::size_t kMaxGroup = 256;
  static constexpr base::Duration kGather = std::chrono::milliseconds(200);
  static constexpr base::Duration kFirstRetry = std::chrono::milliseconds(500);
  static constexpr base::Duration kLongestRetry = std::chrono::seconds(15);

  explicit LineQueue(LineQueueLimits limits = {}) : limits_(limits) {}

  [[nodiscard]] bool try_add(TranscriptLine line, base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return due_; }
  [[nodiscard]] bool is_due(base::TimePoint now) const { return due_ && now >= *due_; }
  /// The oldest of one agent, in their order; then exactly one of written() and failed() is due.
  [[nodiscard]] std::vector<TranscriptLine> take();
  void written(base::TimePoint now);
  void failed(std::vector<TranscriptLine> lines, base::TimePoint now);
  [[nodiscard]] Counters counters() const;
  [[nodiscard]] bool is_refusing() const { return refusing_; }
  [[nodiscard]] bool is_failing() const { return failures_in_row_ > 0; }

 private:
  LineQueueLimits limits_;
  std::deque<TranscriptLine> lines_;
  std::size_t octets_ = 0, taken_ = 0, taken_octets_ = 0;
  unsigned failures_in_row_ = 0;
  bool refusing_ = false;
  std::optional<base::TimePoint> due_;
  Counters counters_;
};

struct StoreOptions {
  DayFileOptions files;
  LineQueueLimits queue;
  base::Duration closing_limit = std::chrono::seconds(5);  ///< for what still waits when the store goes
  base::Duration look_every = std::chrono::minutes(10);    ///< whether a new day has begun
};

/// Writes transcripts on a thread of its own, and removes what is older than it is to be kept, at the start and on each new day.
/// Nobody waits for it.
class TranscriptStore {
 public:
  enum class State : std::uint8_t { Writing, Failing, Losing };

  /// `files` must outlive the store.
  TranscriptStore(records::FileSystem& files, StoreOptions options);
  ~TranscriptStore();  ///< writes what waits, within the closing limit
  TranscriptStore(const TranscriptStore&) = delete;
  TranscriptStore& operator=(const TranscriptStore&) = delete;

  /// From any thread but a media worker. False: the queue is full, and the line is lost (counted, logged).
  bool add(TranscriptLine line);
  [[nodiscard]] State state() const;
  [[nodiscard]] LineQueue::Counters counters() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};
[[nodiscard]] std::string_view to_string(TranscriptStore::State state);

}  // namespace offhook::inline v0::agent::transcripts
