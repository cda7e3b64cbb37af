#pragma once

#include <offhook/media/codec/g722.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// The ways in which G.722 is computed: the same octets, samples and states from each. tests/media/g722_kernels_test.cpp compares
// all that the machine has.
namespace offhook::inline v0::media::detail {

struct G722Kernels {
  std::string_view name;
  /// Pairs of samples become octets.
  void (*encode)(G722Encoder::State& state, const std::int16_t* in, std::uint8_t* out, std::size_t pairs) noexcept;
  /// Octets become pairs of samples.
  void (*decode)(G722Decoder::State& state, const std::uint8_t* in, std::int16_t* out, std::size_t pairs) noexcept;
};

extern const G722Kernels kG722Portable;
#if defined(__x86_64__)
extern const G722Kernels kG722Avx2;
#endif

/// Those that this machine can run, the best one last: that is the one in use.
[[nodiscard]] std::span<const G722Kernels* const> g722_kernels() noexcept;

}  // namespace offhook::inline v0::media::detail
