#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// One doubling or halving of a sample rate, streaming, mono: a symmetric half-band FIR of 79 taps. Every other tap of such a filter
/// is zero but for the middle one, and the rest are equal in pairs, so that an output sample at the higher rate costs ten
/// multiplications. -6 dB at a quarter of the higher rate, 80 dB down 515 Hz beyond (at 16 kHz), as flat as much below.
///
/// At most kMaxInput samples at a time; the caller sees to the sizes. No allocation.
class HalfBand {
 public:
  static constexpr std::size_t kMaxInput = 960;
  static constexpr std::size_t kTaps = 79;

  HalfBand();
  /// Writes in.size() x 2.
  void up(std::span<const std::int16_t> in, std::span<std::int16_t> out) noexcept;
  /// Writes in.size() / 2; in.size() is even.
  void down(std::span<const std::int16_t> in, std::span<std::int16_t> out) noexcept;
  void reset() noexcept { history_.fill(0.0f); }

 private:
  static constexpr std::size_t kPairs = (kTaps + 1) / 4;      // of equal taps
  static constexpr std::size_t kPast = (kTaps - 1) / 2;       // samples of the lower rate that an output looks back on
  static constexpr std::size_t kBlock = 8;                    // outputs at a time
  void filter(const float* line, std::size_t count, float* out) const noexcept;

  std::array<float, kPairs> taps_{};          // outermost first; they sum up to one half
  std::array<float, kTaps - 1> history_{};    // the last inputs: kPast of them going up, all going down
};

}  // namespace offhook::inline v0::media
