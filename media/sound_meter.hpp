#pragma once

#include <offhook/media/level.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::media {

/// How one direction of a call sounded, in numbers.
struct SoundFigures {
  std::uint64_t frames = 0;              ///< of 20 ms that came; what was made up is none of them
  std::optional<double> speech_dbov;     ///< mean power of the voiced ones; nothing: there was no voice
  std::optional<double> noise_dbov;      ///< of those between, as far as they are not silent
  std::optional<double> peak_dbov;       ///< of the greatest sample
  double voiced_percent = 0;
  double silent_percent = 0;             ///< nobody can hear anything: SoundMeter::kSilentSquare
  double clipped_percent = 0;            ///< at least SoundMeter::kClippedSamples samples at the codec's ceiling
};

/// Sums up frames as they are heard. A copy is a snapshot; nothing is allocated, and no logarithm is taken before figures().
class SoundMeter {
 public:
  static constexpr std::uint32_t kClippedSamples = 3;   ///< in one frame: one or two may be the true peak
  static constexpr double kSilentSquare = 340;          ///< -65 dBov: above G.711's code for zero, below any room

  void on_frame(const FrameMeasure& frame, bool voiced) noexcept;
  [[nodiscard]] SoundFigures figures() const noexcept;

 private:
  double speech_power_ = 0, noise_power_ = 0;           // sums of mean squares
  std::uint32_t frames_ = 0, voiced_ = 0, silent_ = 0, clipped_ = 0, noisy_ = 0;
  std::uint16_t peak_ = 0;
};

}  // namespace offhook::inline v0::media
