#pragma once

#include <array>
#include <cstddef>

namespace offhook::inline v0::media::detail {

inline constexpr std::size_t kBands = 16;
inline constexpr std::size_t kVoiceLanes = 8;  ///< calls that are processed side by side

/// Mean squares of the signal in each band.
using BandPowers = std::array<float, kBands>;
/// Powers by band and lane, for two steps of 10 ms.
using TwoSteps = std::array<std::array<std::array<float, kVoiceLanes>, kBands>, 2>;

}  // namespace offhook::inline v0::media::detail
