#pragma once

#include <cstddef>
#include <string_view>

/// Keys that a language model may press in a call. A telephone system reads `*`, `#` and A to D as orders, such as a transfer or a
/// diversion of calls. Therefore a model presses them only where a pattern of the operator allows the whole sequence.
namespace offhook::inline v0::agent::tools {

inline constexpr std::size_t kMaxKeys = 32;       ///< of one send_digits
inline constexpr std::size_t kMaxPauses = 8;      ///< among them
inline constexpr std::size_t kPausesBetween = 4;  ///< 2 s, before the keys of a later send_digits, where codes are allowed

/// True for a digit, `*`, `#` and A to D.
[[nodiscard]] bool is_key(char c);
/// True if `keys` has at least one of `*`, `#` and A to D.
[[nodiscard]] bool is_code(std::string_view keys);

/// True for `#`, `*1` or `XXXX#`: 1 to kMaxKeys keys, where X is any digit. One of them is `*`, `#` or A to D, because digits alone need no
/// pattern.
[[nodiscard]] bool is_key_pattern(std::string_view pattern);
/// True if `pattern` describes all of `keys`, from the first to the last. A text that is no pattern fits nothing.
[[nodiscard]] bool fits_keys(std::string_view pattern, std::string_view keys);

}  // namespace offhook::inline v0::agent::tools
