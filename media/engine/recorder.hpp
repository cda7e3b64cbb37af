#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/engine/recording_file.hpp>
#include <offhook/media/recording_tap.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace offhook::inline v0::media {

/// What became of a recording.
struct RecordingReport {
  std::string path;
  int error = 0;              ///< errno's number: it could not be made, or not be ended; what was kept is good all the same
  std::uint64_t frames = 0;   ///< of 20 ms, in the file
  std::uint64_t octets = 0;   ///< of the file; 0: there is none, for nothing was ever recorded
  std::uint64_t dropped = 0;  ///< frames that found the tap full, or the disk refusing: silence in the file
};

struct RecorderOptions {
  base::Duration flush_every = std::chrono::seconds(1);         ///< of each file: what a SIGKILL costs
  base::Duration drain_every = std::chrono::milliseconds(100);  ///< of the taps, which hold 1.28 s
  base::Duration closing_limit = std::chrono::seconds(5);       ///< for a disk that refuses the end of a file
  std::size_t most = 4096;                                      ///< recordings at once
  std::function<void(const RecordingReport&)> on_ended;         ///< on the writer's thread, once for each recording
};

enum class RecorderError : std::uint8_t { Busy };  ///< `most` recordings are under way
[[nodiscard]] std::string_view to_string(RecorderError error);

struct RecorderCounters {
  std::size_t active = 0;
  std::uint64_t ended = 0, failed = 0;    ///< failed: of those that ended, with an error
  std::uint64_t frames = 0, octets = 0, dropped = 0;  ///< so far, of all; of those that go on as of the last drain
  std::uint64_t refusals = 0;             ///< times that a disk took nothing, or not all
};

/// Writes the recordings of many calls on one thread of its own. Nobody waits for it: a call is begun and ended by a message, and its
/// worker leaves frames in a RecordingTap.
class Recorder {
 public:
  explicit Recorder(RecorderOptions options = {});
  ~Recorder();  ///< takes what is in the taps, and ends all files, within the closing limit
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// From any thread but a media worker. The file is made when there is something to put into it: whether that went well is in the
  /// report, and in RecordingTap::has_failed(). A call that is never up leaves none. The recording ends
  /// after RecordingTap::finish(); the tap is then of no more use, and is freed by who lets go of it last: never a worker.
  [[nodiscard]] base::Result<std::shared_ptr<RecordingTap>, RecorderError> begin(RecordingOrder order, RecordedSides sides = RecordedSides::Both);
  [[nodiscard]] RecorderCounters counters() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace offhook::inline v0::media
