#pragma once

#include <offhook/base/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// Numbers in the format of WAV and Ogg: the lowest octet first. A number must be within the octets; these functions do not check that.
namespace offhook::inline v0::media::detail {

[[nodiscard]] constexpr std::uint64_t read_little(base::Bytes octets, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8 | octets[at + i];
  return value;
}

/// Reads a number of at most four octets.
[[nodiscard]] constexpr std::uint32_t read_little32(base::Bytes octets, std::size_t at, std::size_t size) {
  return static_cast<std::uint32_t>(read_little(octets, at, size));
}

constexpr void put_little(std::span<std::uint8_t> out, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

/// Returns true if the octets at `at` are those of `text`. Returns false if there are too few octets.
[[nodiscard]] constexpr bool has_text(base::Bytes octets, std::size_t at, std::string_view text) {
  if (octets.size() < at || octets.size() - at < text.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (octets[at + i] != static_cast<std::uint8_t>(text[i])) return false;
  }
  return true;
}

}  // namespace offhook::inline v0::media::detail
