#pragma once

#include <offhook/agent/store/write_behind.hpp>
#include <offhook/agent/transcripts/day_files.hpp>
#include <offhook/base/time.hpp>

#include <string_view>

namespace offhook::inline v0::agent::transcripts {

/// Returns the approximate octets of memory that the line occupies.
[[nodiscard]] std::size_t weight_of(const TranscriptLine& line);
/// Returns the group of the line's file, for StoreFiles: the agent's name, because each agent has files of its own.
[[nodiscard]] inline std::string_view group_of(const TranscriptLine& line) { return line.agent; }

struct StoreOptions {
  DayFileOptions files;
  store::BacklogLimits queue{.octets = 8U << 20U};
  base::Duration closing_limit = std::chrono::seconds(5);  ///< longest time for which the destructor writes waiting lines
  base::Duration look_every = std::chrono::minutes(10);    ///< interval at which the store checks whether a new day has begun
};

/// Writes transcripts on a thread of its own, so that no call waits (store::WriteBehind). At the start and on each new day it removes files that are
/// older than their retention.
class TranscriptStore {
 public:
  static constexpr base::Duration kGather = std::chrono::milliseconds(200);  ///< lines wait for this time, so that one sync serves many of them
  using State = store::State;

  /// `files` must outlive the store.
  TranscriptStore(store::FileSystem& files, StoreOptions options);

  /// Adds a line. Use it from any thread except a media worker. If the queue is full, it counts and logs the lost line, and returns false.
  bool add(TranscriptLine line) { return lines_.add(std::move(line)); }
  [[nodiscard]] State state() const { return lines_.state(); }

 private:
  store::WriteBehind<TranscriptLine> lines_;
};

}  // namespace offhook::inline v0::agent::transcripts
