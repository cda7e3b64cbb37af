#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Percent-encoding: RFC 3986 section 2.1.
namespace offhook::inline v0::agent::tools::http {

/// All but the unreserved characters (RFC 3986 section 2.3) as %XX, so that nothing of `text` means anything to a URL.
[[nodiscard]] std::string percent_encoded(std::string_view text);
/// Nothing: a `%` without two hexadecimal digits behind it.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);
/// As many others do it: such a `%` stays as it is.
[[nodiscard]] std::string loosely_percent_decoded(std::string_view text);

}  // namespace offhook::inline v0::agent::tools::http
