#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::redaction {

/// One character of a text. Each octet of invalid UTF-8 is a character of its own, U+FFFD.
struct TextPoint {
  char32_t code = 0;
  std::uint32_t at = 0, length = 0;  ///< position and size in the text, in octets
};
using TextPoints = std::vector<TextPoint>;

[[nodiscard]] TextPoints points_of(std::string_view text);

/// Returns 0 to 9 for the decimal digits of ASCII and of the scripts that telephones and recognisers write; -1 for any other character.
[[nodiscard]] int digit_of(char32_t code);
/// Returns true for ASCII letters, and for all characters above U+00BF that are neither digits nor marks between words.
[[nodiscard]] bool is_letter(char32_t code);
/// Returns true for all kinds of blanks, and for characters without width.
[[nodiscard]] bool is_blank(char32_t code);
[[nodiscard]] bool is_dash(char32_t code);
[[nodiscard]] char32_t lower_case(char32_t code);  ///< changes only ASCII letters

}  // namespace offhook::inline v0::agent::redaction
