#pragma once

#include <offhook/media/detect/detail/band_tables.hpp>

#include <array>
#include <cstdint>

namespace offhook::inline v0::media::detail {

/// Returns the band powers of four windows of kWindowSamples samples. The four lanes of one register compute them.
[[nodiscard]] std::array<BandPowers, 4> four_windows(const std::int16_t* first, const std::int16_t* second, const std::int16_t* third,
                                                     const std::int16_t* fourth) noexcept;

}  // namespace offhook::inline v0::media::detail
