#pragma once

#include <offhook/media/dsp/band_powers.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

// Converts 8 kHz audio to powers in 16 bands, every 10 ms. voice_kernel.hpp does this for the received audio of eight calls, and
// for their sent audio if their echo guards need it.
namespace offhook::inline v0::media::detail {

inline constexpr std::size_t kStepSamples = 80;                      ///< 10 ms
inline constexpr std::size_t kWindowSamples = 128;                   ///< 16 ms; its newest 10 ms are the step itself
inline constexpr std::size_t kPastSamples = kWindowSamples - kStepSamples;
inline constexpr std::size_t kFrameSamples = 2 * kStepSamples;
inline constexpr std::size_t kLineSamples = kPastSamples + kFrameSamples;

/// The first bin (of 62.5 Hz) of each band, and the end of the last one: 125 to 3750 Hz. The widths increase, as the resolution of hearing does.
inline constexpr std::array<std::uint8_t, kBands + 1> kBandEdges{2, 4, 6, 8, 10, 12, 14, 17, 20, 23, 27, 31, 36, 41, 47, 53, 60};
inline constexpr std::size_t kFirstBin = kBandEdges.front(), kBinEnd = kBandEdges.back(), kBins = kBinEnd - kFirstBin;

inline constexpr float kFullScalePower = 32768.0F * 32768.0F;        ///< mean square of int16 at 0 dBov

struct BandTables {
  /// Scaled so that each band's power is the mean square of the signal in it.
  std::array<float, kWindowSamples> window{};
  std::array<float, 64> cosine{}, sine{};                            ///< cosines and sines of 2 pi k / 64: the rotations of the transform
  std::array<float, 33> half_cosine{}, half_sine{};                  ///< cosines and sines of pi k / 64: to separate the two real halves
};
/// Returns the tables. The first invocation makes them; later invocations only check that they exist.
[[nodiscard]] const BandTables& band_tables() noexcept;

}  // namespace offhook::inline v0::media::detail
