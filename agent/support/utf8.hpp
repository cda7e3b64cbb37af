#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

struct Utf8Char {
  enum class State : std::uint8_t { Good, Bad, Cut };  ///< Cut: more octets may complete the character
  std::uint32_t code = 0;
  std::size_t length = 1;  ///< octets to advance; 1 for a bad octet
  State state = State::Good;

  [[nodiscard]] bool is_good() const { return state == State::Good; }
};

/// Decodes the first character of `text`, which must not be empty (RFC 3629 section 4: no overlong form, no surrogate, nothing
/// beyond U+10FFFF).
[[nodiscard]] Utf8Char first_utf8(std::string_view text);
/// Returns the code of the last character of `text`; 0 if `text` is empty or ends with invalid UTF-8.
[[nodiscard]] std::uint32_t last_utf8(std::string_view text);
[[nodiscard]] std::size_t count_utf8(std::string_view text);
/// Returns the first `most` octets of `text`, or up to three fewer, so that no character is cut. Invalid UTF-8 may be cut anywhere.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t most);
/// Returns `text` in a form that shows every character to a person. Invisible characters and marks of direction (Unicode's
/// controls, format characters and tags) become "\u{202e}", and invalid octets become "\x{ff}".
[[nodiscard]] std::string visible_utf8(std::string_view text);

}  // namespace offhook::inline v0::agent
