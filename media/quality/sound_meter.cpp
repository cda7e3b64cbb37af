#include <offhook/media/quality/sound_meter.hpp>

#include <algorithm>

namespace offhook::inline v0::media {

void SoundMeter::on_frame(const FrameMeasure& frame, bool voiced) noexcept {
  if (frame.samples == 0) return;
  const double power = frame.mean_square();
  ++frames_;
  peak_ = std::max(peak_, frame.peak);
  if (frame.at_ceiling >= kClippedSamples) ++clipped_;
  if (power <= kSilentSquare) {
    ++silent_;
  } else if (voiced) {
    ++voiced_;
    speech_power_ += power;
  } else {
    ++noisy_;
    noise_power_ += power;
  }
}

SoundFigures SoundMeter::figures() const noexcept {
  SoundFigures figures;
  figures.frames = frames_;
  if (voiced_ > 0) figures.speech_dbov = power_dbov(speech_power_ / voiced_);
  if (noisy_ > 0) figures.noise_dbov = power_dbov(noise_power_ / noisy_);
  if (frames_ == 0) return figures;
  figures.peak_dbov = power_dbov(static_cast<double>(peak_) * peak_);
  figures.voiced_percent = 100.0 * voiced_ / frames_;
  figures.silent_percent = 100.0 * silent_ / frames_;
  figures.clipped_percent = 100.0 * clipped_ / frames_;
  return figures;
}

}  // namespace offhook::inline v0::media
