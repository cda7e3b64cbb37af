#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace offhook::inline v0::media {

/// Whether 20 ms hold voice: what VoiceBank does for many calls, for one alone. It follows the noise of the line in 16 bands, and finds
/// what is too strong to be that noise; voice goes on for 60 ms where it was for 30. 8000 or 16000 Hz, of which the lower half is looked
/// at. Allocates nothing after construction.
class VoiceActivity {
 public:
  explicit VoiceActivity(std::uint32_t rate_hz);
  ~VoiceActivity();
  VoiceActivity(VoiceActivity&&) noexcept;
  VoiceActivity& operator=(VoiceActivity&&) noexcept;

  /// frame   exactly 20 ms; anything else is no voice
  [[nodiscard]] bool process(std::span<const std::int16_t> frame) noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

inline constexpr unsigned kMaxOnsetWindow = 32;

struct SpeechOptions {
  unsigned onset_window = 4;      ///< 20 ms frames looked back on, at most kMaxOnsetWindow
  unsigned onset_voiced = 3;      ///< of them voiced: speech began
  unsigned hangover = 25;         ///< unvoiced frames in a row that end it: 500 ms
};

/// Debounces frames of VoiceActivity into speech. Counts samples, reads no clock.
class SpeechDetector {
 public:
  struct Event {
    enum class Kind : std::uint8_t { Started, Stopped } kind{};
    std::uint64_t at_sample =
        0;  ///< Started: first sample of the first voiced frame in the window; Stopped: one past the last voiced frame
  };
  explicit SpeechDetector(SpeechOptions options = {});

  /// One frame of `samples` samples, voiced or not.
  [[nodiscard]] std::optional<Event> process(bool voiced, std::size_t samples) noexcept;
  [[nodiscard]] bool speaking() const noexcept { return speaking_; }
  /// Samples seen.
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
  /// Takes effect at the next frame.
  void set_options(SpeechOptions options) noexcept;
  /// Silence again, without an event; the position runs on.
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
