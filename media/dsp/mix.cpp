#include <offhook/media/dsp/mix.hpp>

#include <offhook/base/usable_kernels.hpp>
#include <offhook/media/dsp/detail/mix_kernels.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::media {
namespace detail {
namespace {

std::int16_t cut(std::int32_t sum) {
  return static_cast<std::int16_t>(std::clamp(sum, -32768, 32767));  // the sum of 500 full-scale samples has 25 bits
}

void mix_portable(const std::int16_t* const* said, std::size_t speakers, std::int16_t* everyone, std::size_t samples) noexcept {
  constexpr std::size_t kTile = 64;
  for (std::size_t at = 0; at < samples; at += kTile) {
    std::array<std::int32_t, kTile> sums{};
    const std::size_t count = std::min(kTile, samples - at);
    for (std::size_t i = 0; i < speakers; ++i) {
      for (std::size_t k = 0; k < count; ++k) sums[k] += said[i][at + k];
    }
    std::int16_t* out = everyone + at;
    for (std::size_t k = 0; k < count; ++k) out[k] = cut(sums[k]);
    for (std::size_t i = 0; i < speakers; ++i) {
      out += samples;
      for (std::size_t k = 0; k < count; ++k) out[k] = cut(sums[k] - said[i][at + k]);
    }
  }
}

}  // namespace

const MixKernels kMixPortable{"portable", mix_portable};

std::span<const MixKernels* const> mix_kernels() noexcept {
#if defined(__x86_64__)
  static const base::UsableKernels<MixKernels> usable{{&kMixPortable}, {&kMixAvx2, base::InstructionSet::Avx2}};
#else
  static const base::UsableKernels<MixKernels> usable{{&kMixPortable}};
#endif
  return usable.all();
}

}  // namespace detail

Mixer::Mixer(std::size_t samples, std::size_t max_speakers)
    : samples_(std::min(samples, kMaxSamples)),
      max_speakers_(std::min(max_speakers, kMaxSpeakers)),
      mixes_(samples_ * (max_speakers_ + 1)) {
  said_.reserve(max_speakers_);
}

Mixer::Hears Mixer::speak(std::span<const std::int16_t> frame) noexcept {
  if (frame.size() != samples_ || said_.size() == max_speakers_) return kEveryone;
  said_.push_back(frame.data());
  return said_.size();
}

void Mixer::mix() noexcept {
  static const detail::MixKernels& kernels = *detail::mix_kernels().back();
  kernels.mix(said_.data(), said_.size(), mixes_.data(), samples_);
}

}  // namespace offhook::inline v0::media
