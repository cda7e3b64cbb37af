#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// The implementations of G.711. All of them give the same codes and samples, bit by bit, for any length and alignment.
// tests/media/codec/g711_kernels_test.cpp compares all implementations that the machine can run.
namespace offhook::inline v0::media::detail {

struct G711Kernels {
  using Encode = void (*)(const std::int16_t* in, std::uint8_t* out, std::size_t count) noexcept;
  using Decode = void (*)(const std::uint8_t* in, std::int16_t* out, std::size_t count) noexcept;
  std::string_view name;
  Encode encode_mulaw, encode_alaw;  ///< `in` and `out` may not overlap
  Decode decode_mulaw, decode_alaw;
};

extern const G711Kernels kG711Scalar;
#if defined(__x86_64__)
extern const G711Kernels kG711Sse41, kG711Avx2;
#elif defined(__aarch64__)
extern const G711Kernels kG711Neon;
#endif

/// Returns the kernels that this machine can run, the scalar one first.
[[nodiscard]] std::span<const G711Kernels* const> g711_kernels() noexcept;
/// Returns the kernel that media/codec/g711.hpp uses; it is chosen once.
[[nodiscard]] const G711Kernels& g711_chosen() noexcept;

}  // namespace offhook::inline v0::media::detail
