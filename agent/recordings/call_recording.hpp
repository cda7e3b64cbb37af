#pragma once

#include <offhook/base/time.hpp>
#include <offhook/media/recording_tap.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace offhook::inline v0::agent::recordings {

/// Who may keep what is said out of a recording.
enum class Pauser : std::uint8_t { Model, Operator };

/// What came of an order to pause, or to go on.
struct PauseResult {
  bool changed = false;    ///< who ordered it had not ordered the same before
  bool is_paused = false;  ///< by anybody
};

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
  PauseResult pause(Pauser by, bool on, base::TimePoint now = base::Clock::now()) {
    const std::lock_guard lock(pausing_);
    Pause& pause = pauses_[static_cast<std::size_t>(by)];
    const bool changed = pause.since.has_value() != on;
    if (changed && !on) pause.total += now - *pause.since;
    if (changed) pause.since = on ? std::optional(now) : std::nullopt;
    const bool is_paused = std::any_of(pauses_.begin(), pauses_.end(), [](const Pause& each) { return each.since.has_value(); });
    tap_->pause(is_paused);
    return {changed, is_paused};
  }
  [[nodiscard]] bool is_paused_by(Pauser by) const {
    const std::lock_guard lock(pausing_);
    return pauses_[static_cast<std::size_t>(by)].since.has_value();
  }
  /// For how long `by` wanted silence so far, a begun millisecond as a whole one: no pause is told as none.
  [[nodiscard]] std::chrono::milliseconds paused_for(Pauser by, base::TimePoint now) const {
    const std::lock_guard lock(pausing_);
    const Pause& pause = pauses_[static_cast<std::size_t>(by)];
    return std::chrono::ceil<std::chrono::milliseconds>(pause.total + (pause.since ? now - *pause.since : base::Duration::zero()));
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
  struct Pause {
    std::optional<base::TimePoint> since{};  // of the one that goes on
    base::Duration total{};                  // of those that are over
  };
  std::array<Pause, 2> pauses_{};  // of each Pauser
};

}  // namespace offhook::inline v0::agent::recordings
