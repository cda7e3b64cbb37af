#include <offhook/sip/message/name_addr.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>

#include <algorithm>

namespace offhook::inline v0::sip {

namespace {

/// `< URI >`: space inside the brackets is in no grammar, but harmless (RFC 4475 section 3.1.2.14).
base::Result<Uri, ParseError> take_bracketed(std::string_view& rest) {
  const auto end = rest.find('>');
  if (end == std::string_view::npos) return base::fail(ParseError::BadNameAddr);
  const auto uri = parse_uri(base::trim(rest.substr(1, end - 1)));
  rest.remove_prefix(end + 1);
  return uri;
}

/// A URI without <>: it ends at the first `;` or `,`, and may hold no `?` (RFC 3261 section 20).
base::Result<Uri, ParseError> take_bare(std::string_view& rest) {
  const auto end = std::min(rest.find_first_of("; \t\r\n,"), rest.size());
  const auto text = rest.substr(0, end);
  if (text.find('?') != std::string_view::npos) return base::fail(ParseError::BadNameAddr);
  rest.remove_prefix(end);
  return parse_uri(text);
}

/// Size of the UTF-8 character at the front that can be shown (no control character of either range); 0 when there is none.
std::size_t printable_size(std::string_view text) {
  const auto octet = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned first = octet(0);
  if (first < 0x80) return first >= 32 && first != 127 ? 1 : 0;
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4) return 0;
  unsigned code = first & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((octet(i) & 0xC0U) != 0x80U) return 0;
    code = code << 6 | (octet(i) & 0x3FU);
  }
  constexpr unsigned kSmallest[] = {0, 0, 0xA0, 0x800, 0x10000};  // 0x80..0x9F are control characters too.
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return code >= kSmallest[size] && code <= 0x10FFFF && !surrogate ? size : 0;
}

base::Result<NameAddr, ParseError> take_one(std::string_view& rest) {
  NameAddr value;
  detail::skip_lws(rest);
  const auto wildcard_rest = rest.starts_with('*') ? base::trim(rest.substr(1)) : "?";
  if (wildcard_rest.empty() || wildcard_rest.front() == ';' || wildcard_rest.front() == ',') {
    value.wildcard = true;
    rest.remove_prefix(1);
  } else {
    bool bracketed = false;
    if (rest.starts_with('"')) {
      const auto quoted = detail::take_quoted(rest);
      if (!quoted) return base::fail(quoted.error());
      value.display = quoted->substr(1, quoted->size() - 2);
      detail::skip_lws(rest);
      if (!rest.starts_with('<')) return base::fail(ParseError::BadNameAddr);
      bracketed = true;
    } else if (const auto stop = rest.find_first_of("<,;\""); stop != std::string_view::npos && rest[stop] == '<') {
      // Deviation: RFC 3261 section 25.1 wants tokens here; names arrive with any letters in them, and no harm is done.
      value.display = base::trim(rest.substr(0, stop));
      if (std::any_of(value.display.begin(), value.display.end(),
                      [](char c) { return detail::is_control(c) && !base::is_space(c); }))
        return base::fail(ParseError::BadNameAddr);
      rest.remove_prefix(stop);
      bracketed = true;
    }
    const auto uri = bracketed ? take_bracketed(rest) : take_bare(rest);
    if (!uri) return base::fail(uri.error());
    value.uri = *uri;
  }
  const auto params = detail::take_header_params(rest);
  if (!params) return base::fail(params.error());
  value.params = *params;
  return value;
}

}  // namespace

std::string NameAddr::display_text() const {
  std::string text;
  text.reserve(display.size());
  auto rest = display;
  while (!rest.empty()) {
    if (rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
    const auto size = printable_size(rest);
    text.append(size == 0 ? " " : rest.substr(0, size));
    rest.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return text;
}

base::Result<NameAddr, ParseError> parse_name_addr(std::string_view value) {
  auto rest = value;
  auto parsed = take_one(rest);
  if (parsed && (!rest.empty() || parsed->wildcard)) return base::fail(ParseError::BadNameAddr);
  return parsed;
}

base::Result<NameAddr, ParseError> take_name_addr(std::string_view& rest) {
  auto parsed = take_one(rest);
  if (!parsed || rest.empty()) return parsed;
  rest.remove_prefix(1);  // The comma.
  detail::skip_lws(rest);
  if (rest.empty()) return base::fail(ParseError::BadNameAddr);
  return parsed;
}

}  // namespace offhook::inline v0::sip
