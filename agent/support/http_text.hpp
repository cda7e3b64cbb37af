#pragma once

#include <offhook/base/text.hpp>

#include <algorithm>
#include <string_view>

/// The grammar of HTTP header fields.
namespace offhook::inline v0::agent {

/// RFC 9110 section 5.6.2
[[nodiscard]] constexpr bool is_token_char(char c) {
  return base::is_alpha(c) || base::is_digit(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}
[[nodiscard]] constexpr bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char); }
/// Returns true for VCHAR: ASCII without controls and blanks (RFC 5234 appendix B.1).
[[nodiscard]] constexpr bool is_visible(char c) { return c > ' ' && c < 0x7f; }
/// Returns the media type of a Content-Type, without its parameters (RFC 9110 section 8.3.1).
[[nodiscard]] constexpr std::string_view media_type(std::string_view content_type) {
  return base::trim(content_type.substr(0, content_type.find(';')));
}

}  // namespace offhook::inline v0::agent
