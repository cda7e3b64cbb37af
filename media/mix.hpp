#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace offhook::inline v0::media {

/// Mixes a conference, a frame at a time: who speaks hears everyone but itself, all others hear the same, so that their frame is
/// mixed and encoded once (for each codec among them). All frames have one rate; the caller converts others (media/resample.hpp).
///
///   mixer.begin();
///   for each leg:  leg.hears = leg.speaks ? mixer.speak(leg.frame) : Mixer::kEveryone;
///   mixer.mix();
///   for each leg:  encode mixer.heard(leg.hears); legs whose `hears` are equal hear the same
///
/// cost    two additions a sample and speaker, in 32 bits, cut to 16 once; allocates in the constructor alone: samples x
///         (max_speakers + 1) x 2 octets
class Mixer {
 public:
  static constexpr std::size_t kMaxSpeakers = 500;
  static constexpr std::size_t kMaxSamples = 960;  ///< 20 ms at 48 kHz

  /// What a leg hears: kEveryone, or a number of its own.
  using Hears = std::size_t;
  static constexpr Hears kEveryone = 0;

  /// More samples or speakers than the bounds are cut down to them. `max_speakers` may be less than there are legs: a call where
  /// few speak at a time needs no room for all.
  Mixer(std::size_t samples, std::size_t max_speakers);

  /// A new frame, in which nobody has said anything yet.
  void begin() noexcept { said_.clear(); }
  /// `frame` stays the caller's, unchanged until mix(). Answers kEveryone, and does not hear it, when it has not samples()
  /// samples or max_speakers speak already.
  Hears speak(std::span<const std::int16_t> frame) noexcept;
  void mix() noexcept;
  /// Of the last mix(); good until the next. `hears` as speak() answered since begin().
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
