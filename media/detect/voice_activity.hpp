#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace offhook::inline v0::media {

/// Decides for one call whether 20 ms contain voice; VoiceBank does the same for many calls. It tracks the noise of the line in 16 bands, and
/// detects signals that are too strong to be this noise. After 30 ms of voice, it assumes that the voice continues for 60 ms. The rate is 8000 or
/// 16000 Hz; it uses only frequencies below 4 kHz. Only the constructor allocates.
class VoiceActivity {
 public:
  explicit VoiceActivity(std::uint32_t rate_hz);
  ~VoiceActivity();
  VoiceActivity(VoiceActivity&&) noexcept;
  VoiceActivity& operator=(VoiceActivity&&) noexcept;

  /// Returns true if `frame` contains voice. `frame` has exactly 20 ms; for any other length, returns false.
  [[nodiscard]] bool process(std::span<const std::int16_t> frame) noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

inline constexpr unsigned kMaxOnsetWindow = 32;

struct SpeechOptions {
  unsigned onset_window = 4;      ///< number of the newest 20 ms frames that decide about a start, at most kMaxOnsetWindow
  unsigned onset_voiced = 3;      ///< number of voiced frames among them that starts speech
  unsigned hangover = 25;         ///< unvoiced frames in a row that end speech: 500 ms
};

/// Debounces the verdicts of VoiceActivity, and reports the start and the end of speech. Counts samples, reads no clock.
class SpeechDetector {
 public:
  struct Event {
    enum class Kind : std::uint8_t { Started, Stopped } kind{};
    /// Started: first sample of the first voiced frame in the window; Stopped: the sample after the last voiced frame.
    std::uint64_t at_sample = 0;
  };
  explicit SpeechDetector(SpeechOptions options = {});

  /// Takes the verdict for one frame of `samples` samples. Returns the start or the end of speech.
  [[nodiscard]] std::optional<Event> process(bool voiced, std::size_t samples) noexcept;
  [[nodiscard]] bool speaking() const noexcept { return speaking_; }
  /// Returns the number of samples so far.
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
  /// Sets the options from the next frame on.
  void set_options(SpeechOptions options) noexcept;
  /// Returns to silence without an event; the position continues.
  void reset() noexcept;

 private:
  SpeechOptions options_;
  std::uint32_t window_ = 0;      // bit 0: the newest frame
  bool speaking_ = false;
  unsigned unvoiced_ = 0;
  std::uint64_t position_ = 0;
  std::uint64_t voiced_end_ = 0;
};

}  // namespace offhook::inline v0::media
