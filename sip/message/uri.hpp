#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/params.hpp>
#include <offhook/sip/message/parse_error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

/// A URI in SIP (RFC 3261 section 19.1, RFC 3966). All views borrow from the parsed text.
struct Uri {
  enum class Scheme : std::uint8_t { Sip, Sips, Tel, Other };

  Scheme scheme = Scheme::Sip;
  std::string_view scheme_text;
  std::string_view user;      ///< still escaped; the number in a tel URI; "" if absent
  std::string_view password;  ///< still escaped
  std::string_view host;      ///< IPv6 includes its brackets; "" for tel and other schemes
  std::optional<std::uint16_t> port;
  Params params;              ///< for example `;transport=udp;lr`
  std::string_view headers;   ///< after `?`, still escaped
  std::string_view text;      ///< the whole URI as sent
};

/// Parses all of `text` as one URI, without <>. Errors: BadUri, BadHost, BadNumber (port), BadParameter.
[[nodiscard]] base::Result<Uri, ParseError> parse_uri(std::string_view text);

/// Compares two URIs by RFC 3261 section 19.1.4. Decodes escapes, ignores the host's case, assumes no default ports, and compares
/// each parameter by its own rule.
[[nodiscard]] bool equivalent(const Uri& a, const Uri& b);

/// Decodes %XX. Leaves an incomplete escape unchanged. %00 becomes a NUL character of the string.
[[nodiscard]] std::string unescape(std::string_view text);
/// Escapes the characters that a user part must not contain (RFC 3261 section 25.1, user-unreserved).
[[nodiscard]] std::string escape_user(std::string_view text);

}  // namespace offhook::inline v0::sip
