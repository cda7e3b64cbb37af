#include <offhook/sip/message/uri.hpp>

#include <offhook/base/block.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>
#include <offhook/sip/message/detail/readers.hpp>
#include <offhook/sip/message/limits.hpp>

#include <algorithm>

namespace offhook::inline v0::sip {

namespace {

using namespace std::string_view_literals;

constexpr auto kSchemeChars = detail::make_set("+-.", true);

bool is_number_char(char c) {
  return base::is_digit(c) || (base::to_lower(c) >= 'a' && base::to_lower(c) <= 'f') ||
         "+-.()*#"sv.find(c) != std::string_view::npos;
}

/// Checks that all of `text` is `;name[=value]`, repeated, without spaces. An empty value counts as a flag.
base::Result<Params, ParseError> check_params(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t count = 0; at != end; ++count) {
    if (count == kMaxParams || *at != ';') return base::fail(ParseError::BadParameter);
    ++at;
    if (at == end || *at == ';' || *at == '=') return base::fail(ParseError::BadParameter);  // The name is empty.
    while (at != end && *at != ';') ++at;
  }
  return Params(text);
}

base::Result<void, ParseError> parse_sip(Uri& uri, std::string_view rest) {
  // The first @ ends the user part, which may contain ; and ? unescaped, but not @ (RFC 3261 section 19.1.2).
  if (const auto at = base::find_first(rest, '@'); at != rest.size()) {
    const auto userinfo = rest.substr(0, at);
    const auto colon = base::find_first(userinfo, ':');
    uri.user = userinfo.substr(0, colon);
    if (uri.user.empty()) return base::fail(ParseError::BadUri);
    if (colon < userinfo.size()) uri.password = userinfo.substr(colon + 1);
    rest.remove_prefix(at + 1);
  }
  const auto host_port = detail::take_host_port(rest, false);
  if (!host_port) return base::fail(host_port.error());
  uri.host = host_port->host;
  uri.port = host_port->port;
  if (rest.empty()) return {};
  if (rest.front() != ';' && rest.front() != '?') return base::fail(ParseError::BadHost);
  const auto question = base::find_first(rest, '?');
  const auto params = check_params(rest.substr(0, question));
  if (!params) return base::fail(params.error());
  uri.params = *params;
  if (question == rest.size()) return {};
  uri.headers = rest.substr(question + 1);
  const auto components = 1 + static_cast<std::size_t>(std::count(uri.headers.begin(), uri.headers.end(), '&'));
  if (uri.headers.empty() || components > kMaxParams) return base::fail(ParseError::BadUri);
  return {};
}

base::Result<void, ParseError> parse_tel(Uri& uri, std::string_view rest) {
  const auto semicolon = std::min(rest.find(';'), rest.size());
  uri.user = rest.substr(0, semicolon);
  if (uri.user.empty() || !std::all_of(uri.user.begin(), uri.user.end(), is_number_char)) return base::fail(ParseError::BadUri);
  const auto params = check_params(rest.substr(semicolon));
  if (!params) return base::fail(params.error());
  uri.params = *params;
  return {};
}

Uri::Scheme scheme_of(std::string_view text) {
  if (base::iequals(text, "sip")) return Uri::Scheme::Sip;
  if (base::iequals(text, "sips")) return Uri::Scheme::Sips;
  if (base::iequals(text, "tel")) return Uri::Scheme::Tel;
  return Uri::Scheme::Other;
}

int hex_value(char c) {
  if (base::is_digit(c)) return c - '0';
  const char lower = base::to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Takes one character of escaped text and returns it decoded.
char take_decoded(std::string_view& rest) {
  if (rest.front() == '%' && rest.size() >= 3 && hex_value(rest[1]) >= 0 && hex_value(rest[2]) >= 0) {
    const char decoded = static_cast<char>(hex_value(rest[1]) * 16 + hex_value(rest[2]));
    rest.remove_prefix(3);
    return decoded;
  }
  const char plain = rest.front();
  rest.remove_prefix(1);
  return plain;
}

enum class Case { Sensitive, Insensitive };

// Deviation: RFC 3261 section 19.1.4 distinguishes an escaped reserved character from the plain one. No known peer depends on
// that, and the distinction would make `user%3B` and `user;` two different users.
bool same_text(std::string_view a, std::string_view b, Case mode) {
  while (!a.empty() && !b.empty()) {
    const char x = take_decoded(a);
    const char y = take_decoded(b);
    if (mode == Case::Sensitive ? x != y : base::to_lower(x) != base::to_lower(y)) return false;
  }
  return a.empty() && b.empty();
}

bool same_host(std::string_view a, std::string_view b) {
  if (base::iequals(a, b)) return true;
  const auto x = base::IpAddress::parse(a);
  return x && x == base::IpAddress::parse(b);
}

std::optional<std::string_view> find_decoded(const Params& params, std::string_view name) {
  auto rest = params.text();
  while (const auto param = Params::next(rest)) {
    if (same_text(param->name, name, Case::Insensitive)) return param->value;
  }
  return std::nullopt;
}

/// Returns true for a parameter that two equal URIs must either both have or both lack: RFC 3261 section 19.1.4, which names
/// `transport` only in its examples.
bool never_ignored(std::string_view name) {
  constexpr std::string_view kNames[] = {"user", "ttl", "method", "maddr", "transport"};
  return std::any_of(std::begin(kNames), std::end(kNames), [&](auto known) { return same_text(name, known, Case::Insensitive); });
}

enum class Missing { Ignored, Differs };

bool params_match(const Params& a, const Params& b, Missing missing) {
  auto rest = a.text();
  while (const auto param = Params::next(rest)) {
    const auto other = find_decoded(b, param->name);
    if (!other && (missing == Missing::Differs || never_ignored(param->name))) return false;
    const auto first = find_decoded(a, param->name);  // If a name occurs twice (against RFC 3261 section 19.1.1), the first is used.
    if (other && first && !same_text(*first, *other, Case::Insensitive)) return false;
  }
  return true;
}

std::string_view next_component(std::string_view& rest) {
  const auto end = std::min(rest.find('&'), rest.size());
  const auto component = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return component;
}

bool headers_match(std::string_view a, std::string_view b) {
  const auto holds = [](std::string_view in, std::string_view wanted) {
    const auto equals = std::min(wanted.find('='), wanted.size());
    while (!in.empty()) {
      const auto component = next_component(in);
      const auto split = std::min(component.find('='), component.size());
      if (same_text(component.substr(0, split), wanted.substr(0, equals), Case::Insensitive) &&
          same_text(component.substr(split), wanted.substr(equals), Case::Insensitive))
        return true;
    }
    return false;
  };
  for (auto rest = a; !rest.empty();) {
    if (!holds(b, next_component(rest))) return false;
  }
  return true;
}

bool same_number(std::string_view a, std::string_view b) {
  const auto strip = [](std::string_view text) {
    std::string digits;
    for (const char c : text) {
      if ("-.()"sv.find(c) == std::string_view::npos) digits.push_back(base::to_lower(c));  // RFC 3966 section 4
    }
    return digits;
  };
  return strip(a) == strip(b);
}

}  // namespace

base::Result<void, ParseError> detail::read_uri(std::string_view text, Uri& into) {
  return uri_size(text) == text.size() ? read_clean_uri(text, into) : base::fail(ParseError::BadUri);
}

base::Result<void, ParseError> detail::read_clean_uri(std::string_view text, Uri& into) {
  into.text = text;
  const auto colon = text.starts_with("sip:") ? 3 : size_of(text, kSchemeChars);
  if (colon == 0 || colon + 1 >= text.size() || text[colon] != ':' || !base::is_alpha(text.front()))
    return base::fail(ParseError::BadUri);
  into.scheme_text = text.substr(0, colon);
  into.scheme = scheme_of(into.scheme_text);
  const auto rest = text.substr(colon + 1);
  switch (into.scheme) {
    case Uri::Scheme::Sip:
    case Uri::Scheme::Sips:
      return parse_sip(into, rest);
    case Uri::Scheme::Tel:
      return parse_tel(into, rest);
    case Uri::Scheme::Other: break;  // The URI is kept as text.
  }
  return {};
}

base::Result<Uri, ParseError> parse_uri(std::string_view text) {
  Uri uri;
  if (const auto read = detail::read_uri(text, uri); !read) return base::fail(read.error());
  return uri;
}

bool equivalent(const Uri& a, const Uri& b) {
  if (a.scheme != b.scheme) return false;
  switch (a.scheme) {
    case Uri::Scheme::Other: return a.text == b.text;
    case Uri::Scheme::Tel:
      return same_number(a.user, b.user) && params_match(a.params, b.params, Missing::Differs) &&
             params_match(b.params, a.params, Missing::Differs);
    case Uri::Scheme::Sip:
    case Uri::Scheme::Sips: break;
  }
  return same_text(a.user, b.user, Case::Sensitive) && same_text(a.password, b.password, Case::Sensitive) &&
         same_host(a.host, b.host) && a.port == b.port && params_match(a.params, b.params, Missing::Ignored) &&
         params_match(b.params, a.params, Missing::Ignored) && headers_match(a.headers, b.headers) &&
         headers_match(b.headers, a.headers);
}

std::string unescape(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  while (!text.empty()) decoded.push_back(take_decoded(text));
  return decoded;
}

std::string escape_user(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : text) {
    if (base::is_alpha(c) || base::is_digit(c) || "-_.!~*'()&=+$,;?/"sv.find(c) != std::string_view::npos) {
      escaped.push_back(c);
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    escaped += {'%', kHex[octet >> 4], kHex[octet & 15]};
  }
  return escaped;
}

}  // namespace offhook::inline v0::sip
