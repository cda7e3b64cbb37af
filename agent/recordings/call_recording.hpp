#pragma once

#include <offhook/agent/conversation/pause_result.hpp>
#include <offhook/agent/records/call_record.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/files/recording_tap.hpp>

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace offhook::inline v0::agent::recordings {

/// The recording of one call. Use it from any thread except a media worker.
class CallRecording {
 public:
  /// `call` is the id of the call, for the log.
  CallRecording(std::string file, std::shared_ptr<media::RecordingTap> tap, std::string call = {})
      : file_(std::move(file)), tap_(std::move(tap)), call_(std::move(call)) {}
  ~CallRecording() { stop(); }
  CallRecording(const CallRecording&) = delete;
  CallRecording& operator=(const CallRecording&) = delete;

  [[nodiscard]] const std::string& call() const { return call_; }
  /// Returns the name of the file in the folder.
  [[nodiscard]] const std::string& file() const { return file_; }
  /// Returns the tap for the call's AudioPort.
  [[nodiscard]] const std::shared_ptr<media::RecordingTap>& tap() const { return tap_; }
  /// Pauses or resumes the recording. While it is paused, silence goes into the file. The model and the operator pause separately, and the silence lasts
  /// until both have resumed. An operator therefore cannot end a pause of the model, in which the caller may say a number. Logs each change, and also an
  /// order of an operator that changes nothing.
  PauseResult pause(Pauser by, bool on, base::TimePoint now = base::Clock::now());
  /// Returns the total time of the pauses by the model and by the operator, each rounded up to whole milliseconds. A short pause is therefore never 0.
  [[nodiscard]] records::PausedFor paused_for(base::TimePoint now = base::Clock::now()) const;
  /// Ends the recording and its pauses. Call it when the call has ended, or when further audio must not go into the file.
  void stop(base::TimePoint now = base::Clock::now());
  /// Returns true if the file contains audio of the call. The result can become true up to a second late.
  [[nodiscard]] bool has_begun() const { return tap_->kept() > 0; }
  /// Returns true if a file exists or will exist. `was_up`: the call was answered. Such a call leaves a file even if has_begun() is still false, unless
  /// the recording failed or was stopped before its first audio.
  [[nodiscard]] bool leaves_file(bool was_up) const { return has_begun() || (was_up && !tap_->has_ended()); }
  [[nodiscard]] RecordingState state() const;

 private:
  struct Pause {
    std::optional<base::TimePoint> since{};  // start of the running pause
    base::Duration total{};                  // total of the ended pauses

    void end(base::TimePoint now);
  };
  void log_order(Pauser by, bool on, const PauseResult& result) const;

  const std::string file_;
  const std::shared_ptr<media::RecordingTap> tap_;
  const std::string call_;
  mutable std::mutex pausing_;
  std::array<Pause, 2> pauses_{};  // one for each Pauser
};

}  // namespace offhook::inline v0::agent::recordings
