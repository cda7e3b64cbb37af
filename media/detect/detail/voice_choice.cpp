#include <offhook/media/detect/detail/voice_kernel.hpp>

#include <offhook/base/usable_kernels.hpp>

namespace offhook::inline v0::media::detail {
namespace {

const base::UsableKernels<VoiceKernels>& usable() noexcept {
#if defined(__x86_64__)
  static const base::UsableKernels<VoiceKernels> found{{&kVoiceScalar}, {&kVoiceVector}, {&kVoiceAvx2, base::InstructionSet::Avx2}};
#else
  static const base::UsableKernels<VoiceKernels> found{{&kVoiceScalar}, {&kVoiceVector}};
#endif
  return found;
}

/// The noise estimate of a new call: louder than the noise of most calls, but fainter than a caller that speaks at once. Lower bands have more noise.
constexpr float kFirstNoise = kFullScalePower * 6e-5F;   // -42 dBov over all bands
constexpr float kFirstSteps = 30;                        // 300 ms; after that, the least measured power replaces this estimate
constexpr float kFalling = 1000;                         // ratio of the first smoothed power to the noise: so high that it does not become the least too early

}  // namespace

void begin_voice(float* rows, std::size_t stride) noexcept {
  for (std::size_t row = 0; row < kVoiceRows; ++row) rows[row * stride] = 0;
  float weights = 0;
  for (std::size_t band = 0; band < kBands; ++band) weights += 1.0F / static_cast<float>(band + 8);
  for (std::size_t band = 0; band < kBands; ++band) {
    const float noise = kFirstNoise / (static_cast<float>(band + 8) * weights);
    rows[(kNoiseRow + band) * stride] = rows[(kLeastRow + band) * stride] = noise;
    rows[(kSmoothRow + band) * stride] = rows[(kNextLeastRow + band) * stride] = kFalling * noise;
  }
  rows[kCountdownRow * stride] = kFirstSteps;
  rows[kYoungRow * stride] = 2 * kFirstSteps;
}

std::span<const VoiceKernels* const> voice_kernels() noexcept { return usable().all(); }
const VoiceKernels& voice_chosen() noexcept { return usable().best(); }

}  // namespace offhook::inline v0::media::detail
