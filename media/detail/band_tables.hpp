#pragma once

#include <offhook/media/band_powers.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

// How 8 kHz audio becomes powers in 16 bands, every 10 ms: by voice_kernel.hpp for what eight calls hear, and for what they sent where
// their echo guards ask for it.
namespace offhook::inline v0::media::detail {

inline constexpr std::size_t kStepSamples = 80;                      ///< 10 ms
inline constexpr std::size_t kWindowSamples = 128;                   ///< 16 ms, of which the newest 10 are the step's own
inline constexpr std::size_t kPastSamples = kWindowSamples - kStepSamples;
inline constexpr std::size_t kFrameSamples = 2 * kStepSamples;
inline constexpr std::size_t kLineSamples = kPastSamples + kFrameSamples;

/// The first bin (of 62.5 Hz) of each band, and the end of the last: 125 to 3750 Hz, ever wider, as the ear has it.
inline constexpr std::array<std::uint8_t, kBands + 1> kBandEdges{2, 4, 6, 8, 10, 12, 14, 17, 20, 23, 27, 31, 36, 41, 47, 53, 60};
inline constexpr std::size_t kFirstBin = kBandEdges.front(), kBinEnd = kBandEdges.back(), kBins = kBinEnd - kFirstBin;

inline constexpr float kFullScalePower = 32768.0F * 32768.0F;        ///< mean square of int16 at 0 dBov

struct BandTables {
  /// Scaled so that the bands add up to the mean square of what lies in them.
  std::array<float, kWindowSamples> window{};
  std::array<float, 64> cosine{}, sine{};                            ///< of 2 pi k / 64: the transform's turns
  std::array<float, 33> half_cosine{}, half_sine{};                  ///< of pi k / 64: what parts two real halves
};
/// Made once; after that it only costs a look whether it was.
[[nodiscard]] const BandTables& band_tables() noexcept;

}  // namespace offhook::inline v0::media::detail
