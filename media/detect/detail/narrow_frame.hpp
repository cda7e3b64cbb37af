#pragma once

#include <offhook/media/detect/detail/band_tables.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media::detail {

/// Converts `frame` (20 ms at 8, 16 or 24 kHz) to 160 samples at 8 kHz, and runs `each(i, sample)` for each of them. If `frame` has another length,
/// all samples are 0. At 16 and 24 kHz, averages two or three samples. This folds frequencies above 4 kHz onto lower frequencies, which indicate a
/// voice as well, and adds no delay.
template <class Each>
void each_narrow_sample(std::span<const std::int16_t> frame, Each each) noexcept {
  constexpr std::size_t kNarrow = kFrameSamples;
  if (frame.size() == kNarrow) {
    for (std::size_t i = 0; i < kNarrow; ++i) each(i, frame[i]);
  } else if (frame.size() == 2 * kNarrow) {
    for (std::size_t i = 0; i < kNarrow; ++i) each(i, static_cast<std::int16_t>((frame[2 * i] + frame[2 * i + 1]) / 2));
  } else if (frame.size() == 3 * kNarrow) {
    for (std::size_t i = 0; i < kNarrow; ++i) each(i, static_cast<std::int16_t>((frame[3 * i] + frame[3 * i + 1] + frame[3 * i + 2]) / 3));
  } else {
    for (std::size_t i = 0; i < kNarrow; ++i) each(i, std::int16_t{0});
  }
}

}  // namespace offhook::inline v0::media::detail
