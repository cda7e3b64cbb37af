#include <offhook/sip/message/detail/grammar.hpp>

#include <offhook/base/block.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/text.hpp>
#include <offhook/sip/message/limits.hpp>

#include <algorithm>

namespace offhook::inline v0::sip::detail {

namespace {

/// Returns the length of the host at the front.
/// Deviation: accepts underscores, which RFC 3261 section 25.1 excludes, because container networks use them in host names.
std::size_t host_size(std::string_view text) {
  return base::find_first(text, [](auto block) {
    const auto letters = block.folded().in_range('a', 'z');
    const auto others = block.in_range('-', '9') & ~block.equal('/');  // `-`, `.` and the digits
    return ~(letters | others | block.equal('_'));
  });
}

/// Returns the length of the parameter value at the front.
/// Deviation: accepts more than `token / host / quoted-string`, because real peers send unbracketed IPv6 addresses
/// (RFC 5118 section 4.5), `/` and `@` in parameters. Excludes the characters that would end or quote the value.
std::size_t value_size(std::string_view text) {
  return base::find_first(text, [](auto block) {
    return block.below('!') | block.equal('"') | block.equal(',') | block.equal(';') | block.equal('<') | block.equal('>') |
           block.equal('\x7F');
  });
}

/// Takes `name [= value]` off the front of `rest`, and the space after it.
base::Result<void, ParseError> take_param(std::string_view& rest) {
  const auto name_end = token_size(rest);
  if (name_end == 0) return base::fail(ParseError::BadParameter);
  rest.remove_prefix(name_end);
  skip_lws(rest);
  if (!rest.starts_with('=')) return {};
  rest.remove_prefix(1);
  skip_lws(rest);
  if (rest.starts_with('"')) {
    const auto quoted = take_quoted(rest);
    if (!quoted) return base::fail(quoted.error());
  } else {
    rest.remove_prefix(value_size(rest));
  }
  skip_lws(rest);
  return {};
}

}  // namespace

std::size_t uri_size(std::string_view text) {
  return base::find_first(text, [](auto block) {
    return block.below('!') | ~block.below('\x7F') | block.equal('<') | block.equal('>') | block.equal('"');
  });
}

base::Result<std::string_view, ParseError> take_quoted(std::string_view& rest) {
  if (!rest.starts_with('"')) return base::fail(ParseError::BadQuotedString);
  const auto special = [](auto block) { return block.below(' ') | block.equal('"') | block.equal('\\') | block.equal('\x7F'); };
  for (std::size_t at = 1;; ++at) {
    at += base::find_first(rest.substr(at), special);
    if (at == rest.size()) return base::fail(ParseError::BadQuotedString);
    const char c = rest[at];
    if (c == '"') {
      const auto quoted = rest.substr(0, at + 1);
      rest.remove_prefix(at + 1);
      return quoted;
    }
    if (c == '\\') {
      ++at;  // A quoted pair may contain NUL and DEL, but not CR or LF.
      if (at == rest.size() || rest[at] == '\r' || rest[at] == '\n') return base::fail(ParseError::BadQuotedString);
    } else if (!base::is_space(c)) {
      return base::fail(ParseError::BadQuotedString);
    }
  }
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
    size = host_size(rest);
  }
  if (size == 0) return base::fail(ParseError::BadHost);
  result.host = rest.substr(0, size);
  rest.remove_prefix(size);

  auto after = rest;
  if (spaces) skip_lws(after);
  if (!after.starts_with(':')) return result;
  after.remove_prefix(1);
  if (spaces) skip_lws(after);
  const auto port = take_number(after, 65535);
  if (!port || *port == 0 || *port > 65535) return base::fail(ParseError::BadNumber);  // No message can be sent to port 0.
  result.port = static_cast<std::uint16_t>(*port);
  rest = after;
  return result;
}

base::Result<Params, ParseError> take_header_params(std::string_view& rest) {
  auto text = rest;
  skip_lws(text);
  for (std::size_t count = 0; text.starts_with(';'); ++count) {
    if (count == kMaxParams) return base::fail(ParseError::BadParameter);
    text.remove_prefix(1);
    skip_lws(text);
    if (const auto taken = take_param(text); !taken) return base::fail(taken.error());
  }
  if (!text.empty() && !text.starts_with(',')) return base::fail(ParseError::BadParameter);
  const auto params = trim(rest.substr(0, rest.size() - text.size()));
  rest = text;
  return Params(params);
}

std::optional<std::string_view> next_element(std::string_view& rest) {
  if (rest.empty()) return std::nullopt;
  bool quoted = false;
  std::size_t i = base::find_first(rest, [](auto block) { return block.equal(',') | block.equal('"'); });
  for (; i < rest.size(); ++i) {
    if (quoted && rest[i] == '\\') ++i;
    else if (rest[i] == '"') quoted = !quoted;
    else if (rest[i] == ',' && !quoted) break;
  }
  const auto element = trim(rest.substr(0, i));  // After a final backslash, `i` is past the end; substr clamps it.
  rest.remove_prefix(std::min(i + 1, rest.size()));
  return element;
}

base::Result<std::size_t, ParseError> parse_content_length(std::string_view value) {
  const auto number = take_number(value, kMaxMessageBytes);
  if (!number || !value.empty()) return base::fail(ParseError::BadContentLength);
  return static_cast<std::size_t>(*number);
}

}  // namespace offhook::inline v0::sip::detail
