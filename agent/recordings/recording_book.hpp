#pragma once

#include <offhook/agent/ops/figures.hpp>
#include <offhook/agent/recordings/call_recording.hpp>
#include <offhook/agent/recordings/disk_room.hpp>
#include <offhook/agent/recordings/recording_name.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/engine/recorder.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::recordings {

struct RecordingOptions {
  bool enabled = false;                                    ///< any agent's calls are recorded
  std::string folder;                                      ///< "": default_folder()
  media::RecordingFormat format = media::RecordingFormat::OggOpus;
  media::RecordedSides sides = media::RecordedSides::Both;
  std::optional<media::RecordingKey> key;
  unsigned keep_days = 30;                                 ///< then a recording is removed
  DiskRoom::Bounds room{.least_free = std::uint64_t{512} << 20U, .most_used = 0};
  std::size_t calls = 64;                                  ///< at once
  base::Duration look_every = std::chrono::seconds(1);     ///< at the room
  std::function<std::optional<std::uint64_t>(const std::string& folder)> free_octets;  ///< empty: those of the file system
};

/// What became of recordings so far.
struct RecordingCounters {
  std::size_t active = 0;
  std::uint64_t ended = 0, failed = 0;  ///< files of calls that are over; what could not be made, or not be ended
  std::uint64_t octets = 0;             ///< written
  std::uint64_t dropped = 0;            ///< frames of 20 ms that are silence in a file, for the disk was late
  std::uint64_t not_begun = 0;          ///< calls that were not recorded: no room, or too many
  std::uint64_t stopped = 0;            ///< calls whose recording ended before they did: no room
};

/// Records the calls of a process. Any thread but a media worker.
class RecordingBook {
 public:
  enum class State : std::uint8_t { Off, Writing, Full, Failing };

  /// Errors: a folder that was named and cannot be used. The usual one is only warned of.
  [[nodiscard]] static base::Result<std::unique_ptr<RecordingBook>, base::Error> open(RecordingOptions options);
  ~RecordingBook();  ///< ends all files, with what was said so far
  RecordingBook(const RecordingBook&) = delete;
  RecordingBook& operator=(const RecordingBook&) = delete;

  /// Begins the recording of the call with this id, at `rate_hz`. Returns null when nothing is recorded, which is logged.
  [[nodiscard]] std::shared_ptr<CallRecording> begin(std::string call, std::uint32_t rate_hz, WallTime now);
  [[nodiscard]] RecordingCounters counters() const;
  [[nodiscard]] State state() const;

 private:
  class Impl;
  explicit RecordingBook(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;  // Null: off.
};

/// The book for calls after a reload. `running` once it is on: its folder, key and bounds stay those that it was opened with. Else one by `options`,
/// where they want any. Errors as RecordingBook::open().
[[nodiscard]] base::Result<std::shared_ptr<RecordingBook>, base::Error> book_after_reload(std::shared_ptr<RecordingBook> running, RecordingOptions options);

[[nodiscard]] std::string_view to_string(RecordingBook::State state);
[[nodiscard]] Figures figures_of(const RecordingCounters& counters, RecordingBook::State state);
/// Beside the records' usual place; "": nowhere.
[[nodiscard]] std::string default_folder();

}  // namespace offhook::inline v0::agent::recordings
