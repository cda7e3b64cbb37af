#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// Base64 kernels process whole blocks of a text. base/base64.cpp processes the remaining text one quantum at a time, and
// locates the error where a kernel stopped. tests/base/base64_test.cpp compares all kernels that the machine supports.
namespace offhook::inline v0::base::detail {

inline constexpr char kBase64Alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct Base64Kernel {
  std::string_view name;
  /// Encodes whole blocks of `in` [count octets]. Returns the number of octets encoded, a multiple of three.
  std::size_t (*encode)(const std::uint8_t* in, std::size_t count, char* out) noexcept;
  /// Decodes whole blocks of `in` [count characters, without padding]. Returns the number of characters decoded, a multiple of
  /// four. Stops before a block that has a character outside the alphabet. Writes only the octets of the characters that it
  /// decoded.
  std::size_t (*decode)(const char* in, std::size_t count, std::uint8_t* out) noexcept;
};

extern const Base64Kernel kBase64Scalar;  ///< processes nothing: base64.cpp then processes everything
#if defined(__x86_64__)
extern const Base64Kernel kBase64Avx2;
#endif

/// Returns the kernel that base/base64.hpp uses; chosen once.
[[nodiscard]] const Base64Kernel& base64_chosen() noexcept;

}  // namespace offhook::inline v0::base::detail
