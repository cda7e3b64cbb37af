#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// How media/mix.hpp adds up a conference: the same samples from each, for any length and alignment.
namespace offhook::inline v0::media::detail {

struct MixKernels {
  std::string_view name;
  /// `everyone` gets the sum of the `speakers` frames at `said`, frame i + 1 behind it that sum without said[i]; each cut to 16
  /// bits once. All frames have `samples`; what is written overlaps nothing that is read.
  void (*mix)(const std::int16_t* const* said, std::size_t speakers, std::int16_t* everyone, std::size_t samples) noexcept;
};

extern const MixKernels kMixPortable;
#if defined(__x86_64__)
extern const MixKernels kMixAvx2;
#endif

/// Those that this machine can run, the best one last: that is the one in use.
[[nodiscard]] std::span<const MixKernels* const> mix_kernels() noexcept;

}  // namespace offhook::inline v0::media::detail
