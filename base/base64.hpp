#pragma once

#include <offhook/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// Base64 with the standard alphabet and padding, without line breaks: RFC 4648 section 4. For audio in JSON, fifty times a
/// second and call: the widest instructions of this machine are picked once (base/detail/base64_kernels.hpp).
namespace offhook::inline v0::base {

enum class Base64Error : std::uint8_t {
  BadLength,       ///< of the text: not a multiple of four
  BadCharacter,    ///< outside the alphabet, or padding where none belongs
  BadPadding,      ///< the bits that are no part of an octet are not zero: RFC 4648 section 3.5
  OutputTooSmall,  ///< nothing was written
};
[[nodiscard]] std::string_view to_string(Base64Error error);

[[nodiscard]] constexpr std::size_t base64_encoded_size(std::size_t octets) { return (octets + 2) / 3 * 4; }
/// Exact for well-formed text, by its length and its last two characters.
[[nodiscard]] constexpr std::size_t base64_decoded_size(std::string_view text) {
  if (text.size() < 4) return 0;
  const std::size_t padding = text.back() != '=' ? 0 : text[text.size() - 2] != '=' ? 1 : 2;
  return text.size() / 4 * 3 - padding;
}

/// in      [n] octets
/// out     [>= base64_encoded_size(n)] characters; no NUL is written; may not overlap `in`
/// returns characters written, always base64_encoded_size(n)
/// errors  OutputTooSmall; then nothing is written
[[nodiscard]] Result<std::size_t, Base64Error> encode_base64(std::span<const std::uint8_t> in, std::span<char> out) noexcept;
/// Appends to `out`, which allocates only where it must grow.
void append_base64(std::string& out, std::span<const std::uint8_t> in);

/// in      [n] characters, padded; "" is no octets
/// out     [>= base64_decoded_size(in)] octets; may not overlap `in`
/// returns octets written, always base64_decoded_size(in)
/// errors  any of Base64Error: with BadCharacter and BadPadding the octets before it may have been written
[[nodiscard]] Result<std::size_t, Base64Error> decode_base64(std::string_view in, std::span<std::uint8_t> out) noexcept;

}  // namespace offhook::inline v0::base
