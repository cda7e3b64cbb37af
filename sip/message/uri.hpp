#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/params.hpp>
#include <offhook/sip/message/parse_error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

/// A URI as SIP carries it (RFC 3261 section 19.1, RFC 3966). All views borrow from the parsed text.
struct Uri {
  enum class Scheme : std::uint8_t { Sip, Sips, Tel, Other };

  Scheme scheme = Scheme::Sip;
  std::string_view scheme_text;
  std::string_view user;      ///< Still escaped; "" when absent. tel: the number.
  std::string_view password;  ///< Still escaped.
  std::string_view host;      ///< IPv6 with its brackets. "" for tel and other schemes.
  std::optional<std::uint16_t> port;
  Params params;              ///< `;transport=udp;lr`
  std::string_view headers;   ///< After `?`, still escaped.
  std::string_view text;      ///< The whole URI as it was sent.
};

/// The whole of `text` as one URI, without <>. Errors: BadUri, BadHost, BadNumber (port), BadParameter.
[[nodiscard]] base::Result<Uri, ParseError> parse_uri(std::string_view text);

/// RFC 3261 section 19.1.4: escapes compared decoded, host without case, default ports not assumed, parameters by their own
/// rules.
[[nodiscard]] bool equivalent(const Uri& a, const Uri& b);

/// Decodes %XX. An incomplete escape stays as it is. %00 becomes a NUL character of the string.
[[nodiscard]] std::string unescape(std::string_view text);
/// Escapes what a user part may not hold (RFC 3261 section 25.1, user-unreserved).
[[nodiscard]] std::string escape_user(std::string_view text);

}  // namespace offhook::inline v0::sip
