#include <offhook/sip/message/name_addr.hpp>

#include <offhook/base/block.hpp>
#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>
#include <offhook/sip/message/detail/readers.hpp>

#include <algorithm>

namespace offhook::inline v0::sip {

namespace {

using Outcome = base::Result<void, ParseError>;

/// Takes `< URI >`. Tolerates space inside the brackets: no grammar allows it, but it is harmless (RFC 4475 section 3.1.2.14).
Outcome take_bracketed(std::string_view& rest, Uri& into) {
  rest.remove_prefix(1);
  if (const auto clean = detail::uri_size(rest); clean != rest.size() && rest[clean] == '>') {
    const auto text = rest.substr(0, clean);
    rest.remove_prefix(clean + 1);
    return detail::read_clean_uri(text, into);
  }
  const auto end = base::find_first(rest, '>');
  if (end == rest.size()) return base::fail(ParseError::BadNameAddr);
  const auto text = detail::trim(rest.substr(0, end));
  rest.remove_prefix(end + 1);
  return detail::read_uri(text, into);
}

/// Takes a URI without <>. It ends at the first `;` or `,`, and must not contain `?` (RFC 3261 section 20).
Outcome take_bare(std::string_view& rest, Uri& into) {
  const auto end = std::min(rest.find_first_of("; \t\r\n,"), rest.size());
  const auto text = rest.substr(0, end);
  if (text.find('?') != std::string_view::npos) return base::fail(ParseError::BadNameAddr);
  rest.remove_prefix(end);
  return detail::read_uri(text, into);
}

/// Takes the display name before `<`, if present. Returns true if `rest` then starts with `<`.
base::Result<bool, ParseError> take_display(std::string_view& rest, std::string_view& display) {
  if (rest.starts_with('"')) {
    const auto quoted = detail::take_quoted(rest);
    if (!quoted) return base::fail(quoted.error());
    display = quoted->substr(1, quoted->size() - 2);
    detail::skip_lws(rest);
    if (!rest.starts_with('<')) return base::fail(ParseError::BadNameAddr);
    return true;
  }
  const auto stop = base::find_first(
      rest, [](auto block) { return block.equal('<') | block.equal(',') | block.equal(';') | block.equal('"'); });
  if (stop == rest.size() || rest[stop] != '<') return false;
  // Deviation: RFC 3261 section 25.1 requires tokens here. Accept every character except control characters: real names contain letters outside ASCII.
  display = detail::trim(rest.substr(0, stop));
  const auto bad = [](char c) { return detail::is_control(c) && !base::is_space(c); };
  if (std::any_of(display.begin(), display.end(), bad)) return base::fail(ParseError::BadNameAddr);
  rest.remove_prefix(stop);
  return true;
}

/// Returns the size of the printable UTF-8 character at the front, or 0 if the text does not begin with one. The control
/// characters (0..31, 127 and 0x80..0x9F) are not printable.
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

bool is_wildcard(std::string_view rest) {
  if (!rest.starts_with('*')) return false;
  const auto behind = base::trim(rest.substr(1));
  return behind.empty() || behind.front() == ';' || behind.front() == ',';
}

Outcome take_one(std::string_view& rest, NameAddr& into) {
  detail::skip_lws(rest);
  if (is_wildcard(rest)) {
    into.wildcard = true;
    rest.remove_prefix(1);
  } else {
    const auto bracketed = take_display(rest, into.display);
    if (!bracketed) return base::fail(bracketed.error());
    if (const auto read = *bracketed ? take_bracketed(rest, into.uri) : take_bare(rest, into.uri); !read) return read;
  }
  const auto params = detail::take_header_params(rest);
  if (!params) return base::fail(params.error());
  into.params = *params;
  return {};
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

Outcome detail::read_name_addr(std::string_view value, NameAddr& into) {
  auto rest = value;
  const auto read = take_one(rest, into);
  if (read && (!rest.empty() || into.wildcard)) return base::fail(ParseError::BadNameAddr);
  return read;
}

Outcome detail::read_next(std::string_view& rest, NameAddr& into) {
  const auto read = take_one(rest, into);
  if (!read || rest.empty()) return read;
  rest.remove_prefix(1);  // Remove the comma.
  skip_lws(rest);
  if (rest.empty()) return base::fail(ParseError::BadNameAddr);
  return {};
}

base::Result<NameAddr, ParseError> parse_name_addr(std::string_view value) {
  NameAddr parsed;
  if (const auto read = detail::read_name_addr(value, parsed); !read) return base::fail(read.error());
  return parsed;
}

base::Result<NameAddr, ParseError> take_name_addr(std::string_view& rest) {
  NameAddr parsed;
  if (const auto read = detail::read_next(rest, parsed); !read) return base::fail(read.error());
  return parsed;
}

}  // namespace offhook::inline v0::sip
