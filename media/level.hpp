#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// mu-law's greatest sample; A-law's is 32256. A sample as far out, or further, was most likely cut off on its way.
inline constexpr std::int16_t kCeiling = 32124;

/// What one look at each sample tells.
struct FrameMeasure {
  std::uint64_t energy = 0;       ///< sum of squares
  std::size_t samples = 0;
  std::uint32_t at_ceiling = 0;   ///< samples with |x| >= kCeiling
  std::uint16_t peak = 0;         ///< greatest |x|
  [[nodiscard]] double mean_square() const noexcept { return samples == 0 ? 0.0 : static_cast<double>(energy) / static_cast<double>(samples); }
  friend bool operator==(const FrameMeasure&, const FrameMeasure&) = default;
};
/// Any number of samples. About 35 ns for 20 ms at 8 kHz.
[[nodiscard]] FrameMeasure measure(std::span<const std::int16_t> pcm) noexcept;
/// The same, one sample after another: what the vectors of measure() are tested against, and what runs where there are none.
[[nodiscard]] FrameMeasure measure_each(std::span<const std::int16_t> pcm) noexcept;

/// Power of the samples in dBov, rounded: 0 is a full-scale square wave, a full-scale sine is -3, silence (and nothing) is -127.
/// RFC 6464 section 3 and RFC 6465 count the same way, with the sign left out.
[[nodiscard]] std::int16_t level_dbov(std::span<const std::int16_t> pcm) noexcept;
/// Of a mean square: not rounded, -127 for nothing.
[[nodiscard]] double power_dbov(double mean_square) noexcept;

}  // namespace offhook::inline v0::media
