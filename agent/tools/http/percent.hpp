#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Decodes percent-encoding: RFC 3986 section 2.1. For encoding, use agent/support/url_text.hpp.
namespace offhook::inline v0::agent::tools::http {

/// Returns the decoded text. Returns nullopt if a `%` is not followed by two hexadecimal digits.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);
/// Returns the decoded text, and keeps an invalid `%` as it is, as many servers do.
[[nodiscard]] std::string loosely_percent_decoded(std::string_view text);

}  // namespace offhook::inline v0::agent::tools::http
