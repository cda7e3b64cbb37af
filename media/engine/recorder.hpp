#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/engine/recording_file.hpp>
#include <offhook/media/files/recording_tap.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace offhook::inline v0::media {

/// The result of a recording.
struct RecordingReport {
  std::string path;
  int error = 0;              ///< 0, or errno's number if the file could not be made or ended; the frames in the file are still valid
  std::uint64_t frames = 0;   ///< frames of 20 ms in the file
  std::uint64_t octets = 0;   ///< size of the file; 0 if there is no file, because nothing was recorded
  std::uint64_t dropped = 0;  ///< frames lost because the tap was full or the disk refused: silence in the file
};

struct RecorderOptions {
  base::Duration flush_every = std::chrono::seconds(1);         ///< interval between writes of a file; a SIGKILL loses the audio of this time
  base::Duration drain_every = std::chrono::milliseconds(100);  ///< interval between reads of a tap, which holds 1.28 s
  base::Duration closing_limit = std::chrono::seconds(5);       ///< time limit for a disk that refuses the end of a file
  std::size_t most = 4096;                                      ///< limit of recordings at once
  std::function<void(const RecordingReport&)> on_ended;         ///< called on the writer's thread, once for each recording
};

enum class RecorderError : std::uint8_t { Busy };  ///< `most` recordings are in progress
[[nodiscard]] std::string_view to_string(RecorderError error);

struct RecorderCounters {
  std::size_t active = 0;
  std::uint64_t ended = 0, failed = 0;    ///< failed: ended recordings with an error
  std::uint64_t frames = 0, octets = 0, dropped = 0;  ///< sums over all recordings; a recording in progress counts up to its last drain
  std::uint64_t refusals = 0;             ///< how often a disk accepted no octets, or not all
};

/// Writes the recordings of many calls on a separate thread. No other thread waits for this thread: messages start and end a recording, and
/// the call's worker puts frames into a RecordingTap.
class Recorder {
 public:
  explicit Recorder(RecorderOptions options = {});
  ~Recorder();  ///< takes the frames in the taps, and ends all files, within the closing limit
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// Starts a recording; any thread except a media worker. The file is made when the first frame comes. The report and
  /// RecordingTap::has_failed() show whether the file could be made. A call without audio leaves no file. The recording ends after
  /// RecordingTap::finish(). Then the tap has no use, and its last owner (never a worker) frees it.
  [[nodiscard]] base::Result<std::shared_ptr<RecordingTap>, RecorderError> begin(RecordingOrder order, RecordedSides sides = RecordedSides::Both);
  [[nodiscard]] RecorderCounters counters() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::media
