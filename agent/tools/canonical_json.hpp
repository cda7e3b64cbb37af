#pragma once

#include <offhook/agent/providers/json_in.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::tools {

inline constexpr std::size_t kMaxCanonicalDepth = 32;

/// Appends `value` as the one text that all spellings of it have: members in the order of their names' octets, no space, numbers
/// in one form. False when a name stands twice in an object, of which two readers might believe different ones, or when it is
/// nested too deeply.
/// Deviation: like RFC 8785 (JCS), but whole and real numbers stay different, and the order is that of UTF-8, not of UTF-16.
[[nodiscard]] bool append_canonical(std::string& out, const json::Element& value, std::size_t depth = 1);

/// 64 hexadecimal digits in lower case.
[[nodiscard]] std::string sha256_hex(std::string_view text);

}  // namespace offhook::inline v0::agent::tools
