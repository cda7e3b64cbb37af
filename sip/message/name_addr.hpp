#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/uri.hpp>

#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

/// One value such as `"Bob" <sip:bob@example.com;transport=tcp>;tag=a48s`, or a bare addr-spec. The parameters of a bare
/// addr-spec are header parameters (RFC 3261 section 20). Views borrow from the parsed text.
struct NameAddr {
  std::string_view display;  ///< without the outer quotes, but with quoted pairs: see display_text()
  Uri uri;
  Params params;
  bool wildcard = false;     ///< true for "Contact: *"

  [[nodiscard]] std::optional<std::string_view> tag() const { return params.find("tag"); }
  /// Returns the display name with quoted pairs resolved and control characters replaced by spaces, safe to show and to log.
  [[nodiscard]] std::string display_text() const;
};

/// Parses exactly one value (From, To, Refer-To). Errors: BadNameAddr, BadQuotedString, BadUri, BadParameter.
[[nodiscard]] base::Result<NameAddr, ParseError> parse_name_addr(std::string_view value);

/// Takes the first element off a comma-separated list (Contact, Route, Record-Route, P-Asserted-Identity). `rest` then starts at
/// the next element, or is "" at the end. Commas in quotes and in <> do not separate.
[[nodiscard]] base::Result<NameAddr, ParseError> take_name_addr(std::string_view& rest);

}  // namespace offhook::inline v0::sip
