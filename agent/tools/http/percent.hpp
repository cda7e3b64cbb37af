#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Decodes percent-encoding: RFC 3986 section 2.1. agent/support/url_text.hpp encodes.
namespace offhook::inline v0::agent::tools::http {

/// Returns the decoded text; nullopt if a `%` has no two hexadecimal digits after it.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);
/// Returns the decoded text, and keeps an invalid `%` as it is, as many servers do.
[[nodiscard]] std::string loosely_percent_decoded(std::string_view text);

}  // namespace offhook::inline v0::agent::tools::http
