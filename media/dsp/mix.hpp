#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace offhook::inline v0::media {

/// Mixes a conference, one frame at a time. A leg that speaks gets the sum of all other speakers. All legs that do not speak get the sum of all
/// speakers, so that their frame is mixed once, and encoded once for each codec. All frames have one rate; the application converts other rates
/// (media/dsp/resample.hpp).
///
///   mixer.begin();
///   for each leg:  leg.hears = leg.speaks ? mixer.speak(leg.frame) : Mixer::kEveryone;
///   mixer.mix();
///   for each leg:  encode mixer.heard(leg.hears); legs with equal `hears` get the same mix
///
/// cost    two additions per sample and speaker, in 32 bits, saturated to 16 bits once; only the constructor allocates: samples x
///         (max_speakers + 1) x 2 octets
class Mixer {
 public:
  static constexpr std::size_t kMaxSpeakers = 500;
  static constexpr std::size_t kMaxSamples = 960;  ///< 20 ms at 48 kHz

  /// The number of the mix for a leg: kEveryone, or a number for this leg alone.
  using Hears = std::size_t;
  static constexpr Hears kEveryone = 0;

  /// Reduces `samples` and `max_speakers` to the bounds. `max_speakers` may be less than the number of legs, if few of them speak at a time.
  Mixer(std::size_t samples, std::size_t max_speakers);

  /// Starts a new frame without speakers.
  void begin() noexcept { said_.clear(); }
  /// Adds a speaker. `frame` must not change until mix(). Returns kEveryone, and ignores the frame, if it does not have
  /// samples() samples, or if `max_speakers` legs already speak.
  Hears speak(std::span<const std::int16_t> frame) noexcept;
  void mix() noexcept;
  /// Returns a mix of the last mix(), valid until the next one. `hears` is a result of speak() since begin().
  [[nodiscard]] std::span<const std::int16_t> heard(Hears hears) const noexcept {
    return std::span(mixes_).subspan(hears * samples_, samples_);
  }

  [[nodiscard]] std::size_t samples() const noexcept { return samples_; }
  [[nodiscard]] std::size_t max_speakers() const noexcept { return max_speakers_; }
  [[nodiscard]] std::size_t speakers() const noexcept { return said_.size(); }

 private:
  std::size_t samples_, max_speakers_;
  std::vector<const std::int16_t*> said_;  // frames of this turn, borrowed until mix()
  std::vector<std::int16_t> mixes_;        // one frame for everyone, then one for each speaker
};

}  // namespace offhook::inline v0::media
