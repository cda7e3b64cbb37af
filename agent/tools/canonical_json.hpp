#pragma once

#include <offhook/agent/support/json_in.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::tools {

inline constexpr std::size_t kMaxCanonicalDepth = 32;

/// Appends `value` in canonical form: members in the order of their names' octets, no blanks, numbers in one form. Equal values have equal text.
/// Returns false if an object has a repeated name, because two readers could use different values of it, or if the nesting is too deep.
/// Deviation: the form is that of RFC 8785 (JCS), but integers and real numbers stay different, and names are sorted by UTF-8, not by UTF-16.
[[nodiscard]] bool append_canonical(std::string& out, const json::Element& value, std::size_t depth = 1);

/// Returns the SHA-256 of `text` as 64 hexadecimal digits in lower case.
[[nodiscard]] std::string sha256_hex(std::string_view text);

}  // namespace offhook::inline v0::agent::tools
