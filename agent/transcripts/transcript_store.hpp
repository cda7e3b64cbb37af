#pragma once

#include <offhook/agent/store/write_behind.hpp>
#include <offhook/agent/transcripts/day_files.hpp>
#include <offhook/base/time.hpp>

#include <string_view>

namespace offhook::inline v0::agent::transcripts {

/// Returns the approximate octets of memory that the line occupies.
[[nodiscard]] std::size_t weight_of(const TranscriptLine& line);
/// Returns the agent: each agent has files of its own.
[[nodiscard]] inline std::string_view group_of(const TranscriptLine& line) { return line.agent; }

struct StoreOptions {
  DayFileOptions files;
  store::BacklogLimits queue{.octets = 8U << 20U};
  base::Duration closing_limit = std::chrono::seconds(5);  ///< limit for writing the waiting lines in the destructor
  base::Duration look_every = std::chrono::minutes(10);    ///< interval of the checks for a new day
};

/// Writes transcripts behind the calls (store::WriteBehind). At the start and on each new day it removes files past their retention.
class TranscriptStore {
 public:
  static constexpr base::Duration kGather = std::chrono::milliseconds(200);  ///< lines wait for this time, so that one sync serves many of them
  using State = store::State;

  /// `files` must outlive the store.
  TranscriptStore(store::FileSystem& files, StoreOptions options);

  /// Use it from any thread except a media worker. Returns false if the queue is full: the line is lost, counted and logged.
  bool add(TranscriptLine line) { return lines_.add(std::move(line)); }
  [[nodiscard]] State state() const { return lines_.state(); }

 private:
  store::WriteBehind<TranscriptLine> lines_;
};

}  // namespace offhook::inline v0::agent::transcripts
