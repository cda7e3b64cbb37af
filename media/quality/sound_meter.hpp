#pragma once

#include <offhook/media/dsp/level.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::media {

/// Figures about the audio of one direction of a call.
struct SoundFigures {
  std::uint64_t frames = 0;              ///< frames of 20 ms that came; concealed frames do not count
  std::optional<double> speech_dbov;     ///< mean power of the voiced frames; nullopt if no frame was voiced
  std::optional<double> noise_dbov;      ///< mean power of the other frames that are not silent
  std::optional<double> peak_dbov;       ///< level of the greatest sample
  double voiced_percent = 0;
  double silent_percent = 0;             ///< frames whose mean square is at most SoundMeter::kSilentSquare
  double clipped_percent = 0;            ///< frames with at least SoundMeter::kClippedSamples samples at the codec's maximum
};

/// Sums up frames as they are played. A copy is a snapshot. It allocates nothing, and computes logarithms only in figures().
class SoundMeter {
 public:
  static constexpr std::uint32_t kClippedSamples = 3;   ///< samples at the maximum in one frame; fewer samples may be the true peak of the sound
  static constexpr double kSilentSquare = 340;          ///< -65 dBov: above G.711's code for zero, below any background noise

  void on_frame(const FrameMeasure& frame, bool voiced) noexcept;
  [[nodiscard]] SoundFigures figures() const noexcept;

 private:
  double speech_power_ = 0, noise_power_ = 0;           // sums of mean squares
  std::uint32_t frames_ = 0, voiced_ = 0, silent_ = 0, clipped_ = 0, noisy_ = 0;
  std::uint16_t peak_ = 0;
};

}  // namespace offhook::inline v0::media
