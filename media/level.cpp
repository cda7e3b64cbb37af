#include <offhook/media/level.hpp>

#include <algorithm>
#include <cmath>

namespace offhook::inline v0::media {

std::int16_t level_dbov(std::span<const std::int16_t> pcm) noexcept {
  constexpr double kSilence = -127, kFullScale = 32768.0 * 32768.0;
  if (pcm.empty()) return static_cast<std::int16_t>(kSilence);
  double power = 0;
  for (const std::int16_t sample : pcm) power += static_cast<double>(sample) * sample;
  power /= static_cast<double>(pcm.size()) * kFullScale;
  const double level = power > 0 ? 10 * std::log10(power) : kSilence;
  return static_cast<std::int16_t>(std::lrint(std::clamp(level, kSilence, 0.0)));
}

}  // namespace offhook::inline v0::media
