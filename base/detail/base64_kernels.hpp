#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// The fast part of base64: whole blocks, in the middle of a text. base/base64.cpp does what is left one quantum at a time, and finds
// the mistake where a kernel stopped. tests/base/base64_test.cpp compares all that the machine has.
namespace offhook::inline v0::base::detail {

inline constexpr char kBase64Alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct Base64Kernel {
  std::string_view name;
  /// From [count] octets; returns how many were encoded, a multiple of three.
  std::size_t (*encode)(const std::uint8_t* in, std::size_t count, char* out) noexcept;
  /// From [count] characters without padding; returns how many were decoded, a multiple of four: it stops before a block with a
  /// character that is not in the alphabet. Writes no octet beyond those of the characters that it decoded.
  std::size_t (*decode)(const char* in, std::size_t count, std::uint8_t* out) noexcept;
};

extern const Base64Kernel kBase64Scalar;  ///< does nothing: all is left
#if defined(__x86_64__)
extern const Base64Kernel kBase64Avx2;
#endif

/// The one that base/base64.hpp uses, found once.
[[nodiscard]] const Base64Kernel& base64_chosen() noexcept;

}  // namespace offhook::inline v0::base::detail
