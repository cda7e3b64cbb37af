#include <offhook/sip/message/detail/grammar.hpp>

#include <offhook/base/socket_address.hpp>
#include <offhook/base/text.hpp>
#include <offhook/sip/limits.hpp>

#include <algorithm>

namespace offhook::inline v0::sip::detail {

namespace {

// Deviation: an underscore is in no hostname of RFC 3261 section 25.1, but in those of container networks.
constexpr CharSet kHost = make_set("-._", true);
constexpr CharSet kNotInValue = make_set("\";,<> \t\r\n", false);

// Deviation: wider than `token / host / quoted-string`, because an unbracketed IPv6 address (RFC 5118 section 4.5), `/` and
// `@` stand in the parameters of the real world. What would end or quote the value is excluded.
bool is_value_char(char c) { return !in(kNotInValue, c) && !is_control(c); }

base::Result<void, ParseError> take_param(std::string_view& rest) {
  const auto name_end = token_size(rest);
  if (name_end == 0) return base::fail(ParseError::BadParameter);
  rest.remove_prefix(name_end);
  skip_lws(rest);
  if (!rest.starts_with('=')) return {};
  rest.remove_prefix(1);
  skip_lws(rest);
  if (rest.starts_with('"')) {
    if (const auto quoted = take_quoted(rest); !quoted) return base::fail(quoted.error());
  } else {
    std::size_t size = 0;
    while (size < rest.size() && is_value_char(rest[size])) ++size;
    rest.remove_prefix(size);
  }
  skip_lws(rest);
  return {};
}

}  // namespace

void skip_lws(std::string_view& rest) {
  while (!rest.empty() && base::is_space(rest.front())) rest.remove_prefix(1);
}

base::Result<std::string_view, ParseError> take_quoted(std::string_view& rest) {
  if (!rest.starts_with('"')) return base::fail(ParseError::BadQuotedString);
  for (std::size_t i = 1; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == '"') {
      const auto quoted = rest.substr(0, i + 1);
      rest.remove_prefix(i + 1);
      return quoted;
    }
    if (c == '\\') {
      ++i;  // A quoted pair: NUL and DEL are allowed there, CR and LF are not.
      if (i < rest.size() && (rest[i] == '\r' || rest[i] == '\n')) return base::fail(ParseError::BadQuotedString);
    } else if (is_control(c) && !base::is_space(c)) {
      return base::fail(ParseError::BadQuotedString);
    }
  }
  return base::fail(ParseError::BadQuotedString);
}

base::Result<HostPort, ParseError> take_host_port(std::string_view& rest, bool spaces) {
  HostPort result;
  std::size_t size = 0;
  if (rest.starts_with('[')) {
    size = rest.find(']');
    if (size == std::string_view::npos) return base::fail(ParseError::BadHost);
    ++size;
    if (!base::IpAddress::parse(rest.substr(0, size))) return base::fail(ParseError::BadHost);
  } else {
    while (size < rest.size() && in(kHost, rest[size])) ++size;
  }
  if (size == 0) return base::fail(ParseError::BadHost);
  result.host = rest.substr(0, size);
  rest.remove_prefix(size);

  auto after = rest;
  if (spaces) skip_lws(after);
  if (!after.starts_with(':')) return result;
  after.remove_prefix(1);
  if (spaces) skip_lws(after);
  std::size_t digits = 0;
  while (digits < after.size() && base::is_digit(after[digits])) ++digits;
  const auto port = base::parse_number<std::uint16_t>(after.substr(0, digits));
  if (!port || *port == 0) return base::fail(ParseError::BadNumber);  // Nothing can be sent to port 0.
  result.port = port;
  rest = after.substr(digits);
  return result;
}

base::Result<Params, ParseError> take_header_params(std::string_view& rest) {
  const auto whole = rest;
  skip_lws(rest);
  for (std::size_t count = 0; rest.starts_with(';'); ++count) {
    if (count == kMaxParams) return base::fail(ParseError::BadParameter);
    rest.remove_prefix(1);
    skip_lws(rest);
    if (const auto taken = take_param(rest); !taken) return base::fail(taken.error());
  }
  if (!rest.empty() && !rest.starts_with(',')) return base::fail(ParseError::BadParameter);
  return Params(base::trim(whole.substr(0, whole.size() - rest.size())));
}

std::optional<std::string_view> next_element(std::string_view& rest) {
  if (rest.empty()) return std::nullopt;
  bool quoted = false;
  std::size_t i = 0;
  for (; i < rest.size(); ++i) {
    if (quoted && rest[i] == '\\') ++i;
    else if (rest[i] == '"') quoted = !quoted;
    else if (rest[i] == ',' && !quoted) break;
  }
  const auto element = base::trim(rest.substr(0, i));  // A backslash may have stepped past the end: substr clamps.
  rest.remove_prefix(std::min(i + 1, rest.size()));
  return element;
}

base::Result<std::size_t, ParseError> parse_content_length(std::string_view value) {
  if (value.empty() || !std::all_of(value.begin(), value.end(), base::is_digit)) return base::fail(ParseError::BadContentLength);
  const auto number = base::parse_number<std::size_t>(value);
  return std::min(number.value_or(kMaxMessageBytes + 1), kMaxMessageBytes + 1);
}

}  // namespace offhook::inline v0::sip::detail
