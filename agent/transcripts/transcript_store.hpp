#pragma once

#include <offhook/agent/support/file_system.hpp>
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
  std::size_t octets = 8U << 20U;  ///< octets of texts and names
};

/// The lines that wait to be written, and the time of the next attempt. It does no I/O: the store's thread has the clock and the files. A full queue
/// refuses new lines.
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
  /// Takes the oldest lines of one agent, in their order. The caller must then call either written() or failed(), once.
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
  base::Duration closing_limit = std::chrono::seconds(5);  ///< limit for writing the waiting lines in the destructor
  base::Duration look_every = std::chrono::minutes(10);    ///< interval of the checks for a new day
};

/// Writes transcripts on a thread of its own. At the start and on each new day it removes files past their retention. No other thread waits for it.
class TranscriptStore {
 public:
  enum class State : std::uint8_t { Writing, Failing, Losing };

  /// `files` must outlive the store.
  TranscriptStore(records::FileSystem& files, StoreOptions options);
  ~TranscriptStore();  ///< writes the waiting lines within closing_limit
  TranscriptStore(const TranscriptStore&) = delete;
  TranscriptStore& operator=(const TranscriptStore&) = delete;

  /// Queues a line. Call it from any thread except a media worker. Returns false if the queue is full: the line is lost, counted and logged.
  bool add(TranscriptLine line);
  [[nodiscard]] State state() const;
  [[nodiscard]] LineQueue::Counters counters() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};
[[nodiscard]] std::string_view to_string(TranscriptStore::State state);

}  // namespace offhook::inline v0::agent::transcripts
