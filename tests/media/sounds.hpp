#pragma once

#include <offhook/base/random.hpp>
#include <offhook/media/dsp/call_progress.hpp>
#include <offhook/media/dsp/tones.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

namespace offhook_test {

using Pcm = std::vector<std::int16_t>;

inline constexpr std::size_t kFrame = 160;  ///< 20 ms at 8000 Hz

inline constexpr std::array kAllCountries{
    offhook::media::Country::UnitedStates, offhook::media::Country::UnitedKingdom, offhook::media::Country::Germany,
    offhook::media::Country::France, offhook::media::Country::Netherlands, offhook::media::Country::Italy,
    offhook::media::Country::Spain, offhook::media::Country::Australia, offhook::media::Country::Japan};

inline Pcm sine(double hz, std::uint32_t rate_hz, double seconds, double amplitude = 8000) {
  Pcm pcm(static_cast<std::size_t>(seconds * rate_hz));
  offhook::media::SineSource(hz, rate_hz, amplitude).fill(pcm);
  return pcm;
}

/// Returns the sound of a tone script at 8000 Hz.
inline Pcm script_sound(const offhook::media::ToneScript& script, std::size_t ms, double amplitude = 4000) {
  Pcm pcm(ms * 8);
  offhook::media::ScriptSource(script, 8000, amplitude).fill(pcm);
  return pcm;
}

/// Returns white noise at full scale, so that sums of such signals saturate. Each step of `shift` lowers the noise by 6 dB.
inline Pcm white_noise(std::size_t samples, std::uint64_t seed, int shift = 0) {
  offhook::base::SeededRandom random(seed);
  Pcm pcm(samples);
  for (auto& sample : pcm) sample = static_cast<std::int16_t>(static_cast<std::int16_t>(random.next_u32()) >> shift);
  return pcm;
}

/// Returns the largest difference between two consecutive samples.
inline int worst_step(std::span<const std::int16_t> pcm) {
  int worst = 0;
  for (std::size_t i = 1; i < pcm.size(); ++i) worst = std::max(worst, std::abs(pcm[i] - pcm[i - 1]));
  return worst;
}

inline bool same_samples(std::span<const std::int16_t> got, std::span<const std::int16_t> wanted) {
  return std::equal(got.begin(), got.end(), wanted.begin(), wanted.end());
}

}  // namespace offhook_test
