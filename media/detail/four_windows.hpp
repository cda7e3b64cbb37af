#pragma once

#include <offhook/media/detail/band_tables.hpp>

#include <array>
#include <cstdint>

namespace offhook::inline v0::media::detail {

/// Of four windows of kWindowSamples each, beside each other in the lanes of one register.
[[nodiscard]] std::array<BandPowers, 4> four_windows(const std::int16_t* first, const std::int16_t* second, const std::int16_t* third,
                                                     const std::int16_t* fourth) noexcept;

}  // namespace offhook::inline v0::media::detail
