#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/text.hpp>
#include <offhook/sip/message/params.hpp>
#include <offhook/sip/message/parse_error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

/// Grammar elements of RFC 3261 section 25.1 that several parsers of this folder share. All views borrow from the argument.
namespace offhook::inline v0::sip::detail {

using CharSet = std::array<bool, 256>;

/// Returns a set of the characters in `others`, plus the ASCII letters and digits if `alphanumeric` is true.
[[nodiscard]] constexpr CharSet make_set(std::string_view others, bool alphanumeric) {
  CharSet set{};
  for (std::size_t i = 0; i < set.size(); ++i) {
    const char c = static_cast<char>(i);
    set[i] = alphanumeric && (base::is_alpha(c) || base::is_digit(c));
  }
  for (const char c : others) set[static_cast<unsigned char>(c)] = true;
  return set;
}

inline constexpr CharSet kToken = make_set("-.!%*_+`'~", true);

[[nodiscard]] constexpr bool in(const CharSet& set, char c) {
  return set.data()[static_cast<unsigned char>(c)];
}
[[nodiscard]] constexpr bool is_token_char(char c) { return in(kToken, c); }
/// Returns the number of characters at the front that are in `set`.
[[nodiscard]] constexpr std::size_t size_of(std::string_view text, const CharSet& set) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* at = begin;
  while (at != end && in(set, *at)) ++at;
  return static_cast<std::size_t>(at - begin);
}
/// Returns the number of token characters at the front.
[[nodiscard]] constexpr std::size_t token_size(std::string_view text) {
  return size_of(text, kToken);
}
/// Returns true if `text` is a token of at least one character.
[[nodiscard]] constexpr bool is_token(std::string_view text) { return !text.empty() && token_size(text) == text.size(); }
/// Returns true for 0..31 and 127.
[[nodiscard]] constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 32 || c == 127; }

/// Returns the number of characters at the front that may occur in a URI.
/// Deviation: accepts more than RFC 3261 section 25.1, because peers write `*72#` and `{}` unescaped. Excludes the delimiters
/// around a URI and characters that could end the line or the <>.
[[nodiscard]] std::size_t uri_size(std::string_view text);

[[nodiscard]] constexpr bool is_lws(char c) {
  return static_cast<unsigned char>(c) <= ' ' && base::is_space(c);  // One comparison decides most characters.
}
constexpr void skip_lws(std::string_view& rest) {
  while (!rest.empty() && is_lws(rest.front())) rest.remove_prefix(1);
}
[[nodiscard]] constexpr std::string_view trim(std::string_view text) {
  skip_lws(text);
  while (!text.empty() && is_lws(text.back())) text.remove_suffix(1);
  return text;
}

/// Takes the digits at the front and returns their value. Returns nullopt if there are no digits. For a value over `most`,
/// returns `most + 1`, so that the result cannot overflow. `most` must be below 2^60.
[[nodiscard]] constexpr std::optional<std::uint64_t> take_number(std::string_view& rest, std::uint64_t most) {
  const char* const begin = rest.data();
  const char* const end = begin + rest.size();
  const char* at = begin;
  std::uint64_t number = 0;
  for (; at != end && base::is_digit(*at); ++at) number = std::min(number * 10 + static_cast<std::uint64_t>(*at - '0'), most + 1);
  rest.remove_prefix(static_cast<std::size_t>(at - begin));
  if (at == begin) return std::nullopt;
  return number;
}

/// Takes `"..."` including both quotes. Returns BadQuotedString if the end is missing or a bare control character occurs.
[[nodiscard]] base::Result<std::string_view, ParseError> take_quoted(std::string_view& rest);

struct HostPort {
  std::string_view host;  ///< IPv6 includes its brackets
  std::optional<std::uint16_t> port;
};
/// Takes `host [":" port]`. If `spaces` is true, space around the colon is allowed (Via). Errors: BadHost, BadNumber.
[[nodiscard]] base::Result<HostPort, ParseError> take_host_port(std::string_view& rest, bool spaces);

/// Takes the parameters of a header field value: from `;` up to a comma or the end. Allows space around `;` and `=`. Takes at
/// most kMaxParams. The result points into `rest` even if it is empty. Errors: BadParameter, BadQuotedString.
[[nodiscard]] base::Result<Params, ParseError> take_header_params(std::string_view& rest);

/// Takes the next element of a comma-separated list, trimmed. A comma in quotes separates no elements. Returns nullopt at the
/// end.
[[nodiscard]] std::optional<std::string_view> next_element(std::string_view& rest);

/// Parses a value that has only digits. Returns kMaxMessageBytes + 1 for any larger number, so that the result cannot overflow.
/// Error: BadContentLength.
[[nodiscard]] base::Result<std::size_t, ParseError> parse_content_length(std::string_view value);

}  // namespace offhook::inline v0::sip::detail
