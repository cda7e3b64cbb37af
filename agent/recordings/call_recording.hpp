#pragma once

#include <offhook/media/recording_tap.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace offhook::inline v0::agent::recordings {

/// Who may keep what is said out of a recording.
enum class Pauser : std::uint8_t { Model, Operator };

/// The recording of one call. Any thread but a media worker.
class CallRecording {
 public:
  CallRecording(std::string file, std::shared_ptr<media::RecordingTap> tap) : file_(std::move(file)), tap_(std::move(tap)) {}
  ~CallRecording() { end(); }
  CallRecording(const CallRecording&) = delete;
  CallRecording& operator=(const CallRecording&) = delete;

  /// Its name in the folder.
  [[nodiscard]] const std::string& file() const { return file_; }
  /// What the call's AudioPort is given.
  [[nodiscard]] const std::shared_ptr<media::RecordingTap>& tap() const { return tap_; }
  /// Silence stands in the file for as long as anybody wants it: each lifts a pause of its own alone, so that a click of an
  /// operator does not uncover the number that the model keeps out.
  void pause(Pauser by, bool on) {
    const std::lock_guard lock(pausing_);
    const auto bit = 1U << static_cast<unsigned>(by);
    paused_by_ = on ? paused_by_ | bit : paused_by_ & ~bit;
    tap_->pause(paused_by_ != 0);
  }
  [[nodiscard]] bool is_paused_by(Pauser by) const {
    const std::lock_guard lock(pausing_);
    return (paused_by_ & 1U << static_cast<unsigned>(by)) != 0;
  }
  /// Before the call's end, for what is not to be recorded any more.
  void stop() {
    stopped_.store(true, std::memory_order_relaxed);
    end();
  }
  /// The call is over.
  void end() { tap_->finish(); }
  /// Something of the call is in the file.
  [[nodiscard]] bool has_begun() const { return tap_->kept() > 0; }
  /// "recording", "paused" or "stopped".
  [[nodiscard]] std::string_view state() const {
    if (stopped_.load(std::memory_order_relaxed)) return "stopped";
    return tap_->is_paused() ? "paused" : "recording";
  }

 private:
  const std::string file_;
  const std::shared_ptr<media::RecordingTap> tap_;
  std::atomic<bool> stopped_{false};
  mutable std::mutex pausing_;
  unsigned paused_by_ = 0;  // A bit for each Pauser.
};

}  // namespace offhook::inline v0::agent::recordings
