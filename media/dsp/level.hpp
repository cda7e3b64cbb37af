#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// mu-law's greatest sample; A-law's is 32256. A sample with at least this magnitude was most likely clipped on its way.
inline constexpr std::int16_t kCeiling = 32124;

/// The result of measure().
struct FrameMeasure {
  std::uint64_t energy = 0;       ///< sum of squares
  std::size_t samples = 0;
  std::uint32_t at_ceiling = 0;   ///< samples with |x| >= kCeiling
  std::uint16_t peak = 0;         ///< greatest |x|
  [[nodiscard]] double mean_square() const noexcept { return samples == 0 ? 0.0 : static_cast<double>(energy) / static_cast<double>(samples); }
  friend bool operator==(const FrameMeasure&, const FrameMeasure&) = default;
};
/// Measures any number of samples. About 35 ns for 20 ms at 8 kHz.
[[nodiscard]] FrameMeasure measure(std::span<const std::int16_t> pcm) noexcept;
/// Does the same sample by sample: the reference for tests of measure(), and the implementation for machines without vectors.
[[nodiscard]] FrameMeasure measure_each(std::span<const std::int16_t> pcm) noexcept;

/// Returns the power of the samples in dBov, rounded. 0 is a full-scale square wave, a full-scale sine is -3, silence and an empty span are -127.
/// RFC 6464 section 3 and RFC 6465 count in the same way, without the sign.
[[nodiscard]] std::int16_t level_dbov(std::span<const std::int16_t> pcm) noexcept;
/// Converts a mean square to dBov, not rounded; -127 for 0.
[[nodiscard]] double power_dbov(double mean_square) noexcept;

}  // namespace offhook::inline v0::media
