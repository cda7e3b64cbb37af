#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// Kernels that add the frames of media/dsp/mix.hpp. All of them give the same samples, for any length and alignment.
namespace offhook::inline v0::media::detail {

struct MixKernels {
  std::string_view name;
  /// Writes the sum of the `speakers` frames at `said` to `everyone`, and the sum without said[i] to the frame i + 1 after `everyone`. Each sum is
  /// saturated to 16 bits once. All frames have `samples` samples; output and input do not overlap.
  void (*mix)(const std::int16_t* const* said, std::size_t speakers, std::int16_t* everyone, std::size_t samples) noexcept;
};

extern const MixKernels kMixPortable;
#if defined(__x86_64__)
extern const MixKernels kMixAvx2;
#endif

/// Returns the kernels that this machine can run. The last one is the fastest, and Offhook uses it.
[[nodiscard]] std::span<const MixKernels* const> mix_kernels() noexcept;

}  // namespace offhook::inline v0::media::detail
