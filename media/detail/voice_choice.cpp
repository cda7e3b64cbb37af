#include <offhook/media/detail/voice_kernel.hpp>

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

/// Louder than the noise at the start of most calls, fainter than a caller's first words; louder noise is learnt by the steps.
constexpr float kFirstNoise = kFullScalePower * 6e-5F;   // -42 dBov over all bands
constexpr float kFirstSteps = 30;                        // 300 ms; after that, the least is the measured one
constexpr float kFalling = 1000;                         // while the power falls from there to the noise in that time, it is not taken as the least too early

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
