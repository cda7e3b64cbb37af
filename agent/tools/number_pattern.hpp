#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Telephone numbers that a language model may dial: nothing that a number cannot be, and only where a pattern allows it.
namespace offhook::inline v0::agent::tools {

inline constexpr std::size_t kMaxNumberDigits = 20;  ///< ITU-T E.164 has 15; a prefix to get out of the PBX comes on top
inline constexpr std::size_t kMaxNumberBytes = 40;   ///< as written, with blanks and the like

/// "+49 (30) 123-456" -> "+4930123456". Nothing: more than a number, as `*72` or `1;phone-context=x` are, or other digits than
/// ASCII's.
[[nodiscard]] std::optional<std::string> plain_number(std::string_view written);

/// `+4930*`: begins so; `60XX`: X is one digit. A star stands at the end alone. It must begin with a digit or with + and a digit,
/// so that no pattern allows every number there is.
[[nodiscard]] bool is_number_pattern(std::string_view pattern);
/// `number` is a plain one. A pattern that is none fits nothing.
[[nodiscard]] bool fits(std::string_view pattern, std::string_view number);

}  // namespace offhook::inline v0::agent::tools
