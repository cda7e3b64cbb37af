#pragma once

#include <offhook/agent/recordings/call_recording.hpp>
#include <offhook/agent/recordings/disk_space.hpp>
#include <offhook/agent/recordings/recording_name.hpp>
#include <offhook/agent/support/figures.hpp>
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
  bool enabled = false;                                    ///< true if at least one agent records its calls
  std::string folder;                                      ///< "": store::default_folder("recordings")
  media::RecordingFormat format = media::RecordingFormat::OggOpus;
  media::RecordedSides sides = media::RecordedSides::Both;
  std::optional<media::RecordingKey> key;
  unsigned keep_days = 30;                                 ///< age in days at which a recording is removed
  DiskSpace::Bounds room{.least_free = std::uint64_t{512} << 20U, .most_used = 0};
  std::size_t calls = 64;                                  ///< largest number of recordings at the same time
  base::Duration look_every = std::chrono::seconds(1);     ///< interval of the checks of retention, disk errors and space
  std::function<std::optional<std::uint64_t>(const std::string& folder)> free_octets;  ///< measures free space; empty: asks the folder's file system
};

/// The totals of this process's recordings.
struct RecordingCounters {
  std::size_t active = 0;
  std::uint64_t ended = 0, failed = 0;  ///< `ended`: finished files. `failed`: files that could not be created or completed
  std::uint64_t octets = 0;             ///< octets written
  std::uint64_t dropped = 0;            ///< frames of 20 ms that are silent in a file, because the disk was too slow
  std::uint64_t not_begun = 0;          ///< calls without a recording: not enough space, or too many recordings
  std::uint64_t stopped = 0;            ///< calls whose recording ended before the call: not enough space
};

/// Records the calls of a process. Use it from any thread except a media worker.
class RecordingStore {
 public:
  enum class State : std::uint8_t { Off, Writing, Full, Failing };

  /// Opens the store. Fails if the configured folder cannot be used. If the default folder cannot be used, it only logs a warning.
  [[nodiscard]] static base::Result<std::unique_ptr<RecordingStore>, base::Error> open(RecordingOptions options);
  ~RecordingStore();  ///< completes all files with the audio so far
  RecordingStore(const RecordingStore&) = delete;
  RecordingStore& operator=(const RecordingStore&) = delete;

  /// Begins the recording of the call whose id is `call`, with samples at `rate_hz`. If the call cannot be recorded, logs the reason and returns null.
  [[nodiscard]] std::shared_ptr<CallRecording> begin(std::string call, std::uint32_t rate_hz, WallTime now);
  [[nodiscard]] RecordingCounters counters() const;
  [[nodiscard]] State state() const;

 private:
  class Impl;
  explicit RecordingStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;  // Null: recording is off.
};

/// Returns the store for the calls that begin after a reload of the configuration. Returns `running` if it records: its folder, key and bounds stay
/// until a restart. Otherwise returns a new store with `options`. Fails like RecordingStore::open().
[[nodiscard]] base::Result<std::shared_ptr<RecordingStore>, base::Error> store_after_reload(std::shared_ptr<RecordingStore> running, RecordingOptions options);

[[nodiscard]] std::string_view to_string(RecordingStore::State state);
[[nodiscard]] Figures figures_of(const RecordingCounters& counters, RecordingStore::State state);

}  // namespace offhook::inline v0::agent::recordings
