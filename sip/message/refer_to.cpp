#include <offhook/sip/message/refer_to.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>

namespace offhook::inline v0::sip {

namespace {

/// Returns the URI as sent, without its header part and its method parameter.
std::string plain(const Uri& uri) {
  std::string text(uri.text.substr(0, uri.headers.empty() ? uri.text.size() : uri.text.size() - uri.headers.size() - 1));
  if (text.ends_with('?')) text.pop_back();
  const auto method = uri.params.find("method");
  if (!method) return text;
  std::string without = text.substr(0, text.size() - uri.params.text().size());
  auto left = uri.params.text();
  while (const auto param = Params::next(left)) {
    if (base::iequals(param->name, "method")) continue;
    without += ";" + std::string(param->name);
    if (!param->value.empty()) without += "=" + std::string(param->value);
  }
  return without;
}

base::Result<std::optional<Replaces>, ParseError> replaces_in(std::string_view headers) {
  std::optional<Replaces> found;
  while (!headers.empty()) {
    const auto end = std::min(headers.find('&'), headers.size());
    const auto one = headers.substr(0, end);
    headers.remove_prefix(std::min(headers.size(), end + 1));
    const auto equals = one.find('=');
    if (equals == std::string_view::npos || !base::iequals(unescape(one.substr(0, equals)), "Replaces")) continue;
    if (found) return base::fail(ParseError::BadParameter);
    auto replaces = parse_replaces(unescape(one.substr(equals + 1)));
    if (!replaces) return base::fail(replaces.error());
    found = std::move(*replaces);
  }
  return found;
}

}  // namespace

base::Result<ReferTo, ParseError> parse_refer_to(std::string_view value) {
  const auto party = parse_name_addr(value);
  if (!party) return base::fail(party.error());
  const Uri& uri = party->uri;
  if (uri.scheme == Uri::Scheme::Other) return base::fail(ParseError::BadUri);
  auto replaces = replaces_in(uri.headers);
  if (!replaces) return base::fail(replaces.error());
  const auto method = uri.params.find("method");
  return ReferTo{plain(uri), party->display_text(), method ? parse_method(*method) : Method::Invite, std::move(*replaces)};
}

std::string escape_header_value(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "-_.!~*'()[]/?:+$";  // unreserved and hnv-unreserved
  std::string escaped;
  for (const char c : text) {
    if (base::is_alpha(c) || base::is_digit(c) || kPlain.find(c) != std::string_view::npos) {
      escaped.push_back(c);
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    escaped += {'%', kHex[octet >> 4U], kHex[octet & 15U]};
  }
  return escaped;
}

std::string refer_to(std::string_view target, const Replaces* replaces) {
  std::string value = "<" + std::string(target);
  if (replaces != nullptr) value += "?Replaces=" + escape_header_value(to_string(*replaces));
  return value + ">";
}

}  // namespace offhook::inline v0::sip
