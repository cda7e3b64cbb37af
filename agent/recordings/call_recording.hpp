#pragma once

#include <offhook/agent/recordings/pause_result.hpp>
#include <offhook/agent/records/call_record.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/recording_tap.hpp>

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace offhook::inline v0::agent::recordings {

/// The recording of one call. Any thread but a media worker.
class CallRecording {
 public:
  /// `call`: the id of the call, for the log.
  CallRecording(std::string file, std::shared_ptr<media::RecordingTap> tap, std::string call = {})
      : file_(std::move(file)), tap_(std::move(tap)), call_(std::move(call)) {}
  ~CallRecording() { stop(); }
  CallRecording(const CallRecording&) = delete;
  CallRecording& operator=(const CallRecording&) = delete;

  [[nodiscard]] const std::string& call() const { return call_; }
  /// Its name in the folder.
  [[nodiscard]] const std::string& file() const { return file_; }
  /// What the call's AudioPort is given.
  [[nodiscard]] const std::shared_ptr<media::RecordingTap>& tap() const { return tap_; }
  /// Silence stands in the file for as long as anybody wants it: each lifts a pause of its own alone, so that a click of an
  /// operator does not uncover the number that the model keeps out. The log has each change, and all that an operator asks for.
  PauseResult pause(Pauser by, bool on, base::TimePoint now = base::Clock::now());
  /// For how long each wanted silence so far, a begun millisecond as a whole one: no pause is told as none.
  [[nodiscard]] records::PausedFor paused_for(base::TimePoint now = base::Clock::now()) const;
  /// Nothing more is recorded: the call is over, or what is said from here on is not to be in the file. Pauses end with it.
  void stop(base::TimePoint now = base::Clock::now());
  /// Something of the call is in the file.
  [[nodiscard]] bool has_begun() const { return tap_->kept() > 0; }
  /// There is a file, or there will be: of a call that was up, unless it failed, or was stopped before. What is in one is
  /// known a second late.
  [[nodiscard]] bool leaves_file(bool was_up) const { return has_begun() || (was_up && !tap_->has_ended()); }
  [[nodiscard]] RecordingState state() const;

 private:
  struct Pause {
    std::optional<base::TimePoint> since{};  // of the one that goes on
    base::Duration total{};                  // of those that are over

    void end(base::TimePoint now);
  };
  void log_order(Pauser by, bool on, const PauseResult& result) const;

  const std::string file_;
  const std::shared_ptr<media::RecordingTap> tap_;
  const std::string call_;
  mutable std::mutex pausing_;
  std::array<Pause, 2> pauses_{};  // of each Pauser
};

}  // namespace offhook::inline v0::agent::recordings
