#pragma once

#include <offhook/media/codec/g722.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// The implementations of G.722. All of them give the same octets, samples and states. tests/media/codec/g722_kernels_test.cpp compares all
// implementations that the machine can run.
namespace offhook::inline v0::media::detail {

struct G722Kernels {
  std::string_view name;
  /// Encodes pairs of samples as octets.
  void (*encode)(G722Encoder::State& state, const std::int16_t* in, std::uint8_t* out, std::size_t pairs) noexcept;
  /// Decodes octets to pairs of samples.
  void (*decode)(G722Decoder::State& state, const std::uint8_t* in, std::int16_t* out, std::size_t pairs) noexcept;
};

extern const G722Kernels kG722Portable;
#if defined(__x86_64__)
extern const G722Kernels kG722Avx2;
#endif

/// Returns the kernels that this machine can run. The last one is the fastest, and Offhook uses it.
[[nodiscard]] std::span<const G722Kernels* const> g722_kernels() noexcept;

}  // namespace offhook::inline v0::media::detail
