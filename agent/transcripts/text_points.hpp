#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::transcripts {

/// One character of a text. What is no UTF-8 stands for itself, an octet each, as U+FFFD.
struct TextPoint {
  char32_t code = 0;
  std::uint32_t at = 0, length = 0;  ///< octets of the text
};
using TextPoints = std::vector<TextPoint>;

[[nodiscard]] TextPoints points_of(std::string_view text);

/// 0 to 9 for the decimal digits of ASCII and of the scripts that telephones and recognisers write; -1 for all else.
[[nodiscard]] int digit_of(char32_t code);
/// ASCII letters, and everything beyond U+00BF that is neither a digit nor a mark between words.
[[nodiscard]] bool is_letter(char32_t code);
/// Blanks of all kinds, and characters without width.
[[nodiscard]] bool is_blank(char32_t code);
[[nodiscard]] bool is_dash(char32_t code);
[[nodiscard]] char32_t lower_case(char32_t code);  ///< ASCII alone

}  // namespace offhook::inline v0::agent::transcripts
