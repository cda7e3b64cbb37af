#pragma once

#include <cstddef>
#include <string_view>

/// The keys that a language model may press in a call. A telephone system interprets `*`, `#` and A to D as commands, such as a transfer or a
/// diversion of calls. Therefore a model may press them only if a pattern of the operator allows the whole sequence.
namespace offhook::inline v0::agent::tools {

inline constexpr std::size_t kMaxKeys = 32;       ///< keys in one send_digits
inline constexpr std::size_t kMaxPauses = 8;      ///< pauses in one send_digits, included in kMaxKeys
inline constexpr std::size_t kPausesBetween = 4;  ///< pauses (2 s in all) before the keys of each later send_digits, if the operator allows codes

/// Returns true for a digit, `*`, `#` and A to D.
[[nodiscard]] bool is_key(char c);
/// Returns true if `keys` contains at least one of `*`, `#` and A to D.
[[nodiscard]] bool is_code(std::string_view keys);

/// Returns true for a pattern such as `#`, `*1` or `XXXX#`: 1 to kMaxKeys keys, where X is any digit. At least one key is `*`, `#` or A to D, because
/// digits alone need no pattern.
[[nodiscard]] bool is_key_pattern(std::string_view pattern);
/// Returns true if `pattern` matches the whole of `keys`. An invalid pattern matches nothing.
[[nodiscard]] bool fits_keys(std::string_view pattern, std::string_view keys);

}  // namespace offhook::inline v0::agent::tools
