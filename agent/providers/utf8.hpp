#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

struct Utf8Char {
  enum class State : std::uint8_t { Good, Bad, Cut };  ///< Cut: it may become a character when more octets come
  std::uint32_t code = 0;
  std::size_t length = 1;  ///< octets to go on by; of a bad one 1
  State state = State::Good;
};

/// The first character of `text`, which is not empty: RFC 3629 section 4 (no overlong form, no surrogate, nothing beyond
/// U+10FFFF).
[[nodiscard]] Utf8Char first_utf8(std::string_view text);
/// The last character of `text`, as far as it is one; code 0 of an empty text.
[[nodiscard]] std::uint32_t last_utf8(std::string_view text);
[[nodiscard]] std::size_t count_utf8(std::string_view text);
/// The first `most` octets of `text`, or up to three less: never within a character.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t most);
/// `text` for somebody who has to judge it: what is not seen, or turns around what follows (Unicode's controls, format characters and tags), is
/// written as "\u{202e}", and what is no character as "\x{ff}".
[[nodiscard]] std::string visible_utf8(std::string_view text);

}  // namespace offhook::inline v0::agent
