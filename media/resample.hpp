#pragma once

#include <offhook/media/half_band.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace offhook::inline v0::media {

/// Streaming conversion between 8000, 16000 and 24000 Hz, mono, for one stream.
///
/// in      a multiple of in_quantum() samples (20 ms always is); at most kMaxInput
/// out     [>= output_size(in.size())]; always exactly that many are written, from the first call on
/// quality windowed-sinc FIR in float, half-band between 8 and 16 kHz and polyphase else; image and alias below -70 dB, flat to
///         3.4 kHz of 8 kHz (measured in tests). What lies less than 515 Hz beyond the edge of 4 kHz folds into as much below it,
///         and nowhere else: at -6 dB from 4.0, -18 from 4.2, -43 from 4.4 kHz
/// delay   latency_us(), under 3 ms; the first call begins with as much silence
/// cost    no allocation; safe on the audio thread
class Resampler {
 public:
  static constexpr std::size_t kMaxInput = 960;         ///< 40 ms at 24 kHz
  static constexpr std::size_t kTapsPerPhase = 40;      ///< at the lower of both rates
  static constexpr std::size_t kMaxTaps = 3 * kTapsPerPhase;

  /// Rates other than the three above, or equal ones, make a copier.
  Resampler(std::uint32_t from_hz, std::uint32_t to_hz);

  /// Returns the samples written; 0 when the input is too long, no whole quantum, or the output too small: then nothing happens.
  std::size_t process(std::span<const std::int16_t> in, std::span<std::int16_t> out) noexcept;
  [[nodiscard]] std::size_t output_size(std::size_t in) const noexcept { return in * up_ / down_; }
  [[nodiscard]] std::size_t in_quantum() const noexcept { return down_; }
  [[nodiscard]] std::uint32_t latency_us() const noexcept;
  void reset() noexcept {
    history_.fill(0.0f);
    if (half_band_) half_band_->reset();
  }

 private:
  std::uint32_t from_hz_;
  std::size_t up_ = 1, down_ = 1;
  std::optional<HalfBand> half_band_;            // takes the place of all below
  std::size_t taps_ = 0;                         // per output sample, in input samples
  std::array<float, kMaxTaps> coefficients_{};   // [phase][tap], oldest input first: up_ x taps_ never exceeds kMaxTaps
  std::array<float, kMaxTaps> history_{};        // the last taps_ - 1 inputs
};

}  // namespace offhook::inline v0::media
