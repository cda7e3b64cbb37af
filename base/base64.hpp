#pragma once

#include <offhook/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// Base64 with the standard alphabet and padding, without line breaks: RFC 4648 section 4. A call with a realtime session encodes
/// audio for JSON 50 times a second. Therefore the code uses the widest instructions of the machine (base/detail/base64_kernels.hpp).
namespace offhook::inline v0::base {

enum class Base64Error : std::uint8_t {
  BadLength,       ///< the length of the text is not a multiple of four
  BadCharacter,    ///< a character outside the alphabet, or misplaced padding
  BadPadding,      ///< the unused bits of the last character are not zero: RFC 4648 section 3.5
  OutputTooSmall,  ///< the output is too small; nothing was written
};
[[nodiscard]] std::string_view to_string(Base64Error error);

[[nodiscard]] constexpr std::size_t base64_encoded_size(std::size_t octets) { return (octets + 2) / 3 * 4; }
/// Returns the number of octets that `text` decodes to; exact only if `text` is well-formed. Reads only the length and the last two characters.
[[nodiscard]] constexpr std::size_t base64_decoded_size(std::string_view text) {
  if (text.size() < 4) return 0;
  const std::size_t padding = text.back() != '=' ? 0 : text[text.size() - 2] != '=' ? 1 : 2;
  return text.size() / 4 * 3 - padding;
}

/// Encodes octets to padded base64.
///
/// in      [n] octets
/// out     [>= base64_encoded_size(n)] characters; no NUL is written; may not overlap `in`
/// returns characters written, always base64_encoded_size(n)
/// errors  OutputTooSmall; then nothing is written
[[nodiscard]] Result<std::size_t, Base64Error> encode_base64(std::span<const std::uint8_t> in, std::span<char> out) noexcept;
/// Appends the encoded text to `out`. Allocates only when `out` must grow.
void append_base64(std::string& out, std::span<const std::uint8_t> in);

/// Decodes padded base64.
///
/// in      [n] characters, padded; "" decodes to no octets
/// out     [>= base64_decoded_size(in)] octets; may not overlap `in`
/// returns octets written, always base64_decoded_size(in)
/// errors  any Base64Error; with BadCharacter and BadPadding, the octets before the error may have been written
[[nodiscard]] Result<std::size_t, Base64Error> decode_base64(std::string_view in, std::span<std::uint8_t> out) noexcept;

}  // namespace offhook::inline v0::base
