#pragma once

#include <optional>
#include <string>
#include <string_view>

/// The telephone numbers that a language model may dial. A text must be a valid number, and a pattern must allow it.
namespace offhook::inline v0::agent::tools {

inline constexpr std::size_t kMaxNumberDigits = 20;  ///< ITU-T E.164 allows 15 digits; a prefix for an outside line may be added
inline constexpr std::size_t kMaxNumberBytes = 40;   ///< maximum octets of a number as written, with blanks and similar characters

/// Returns the plain number: "+49 (30) 123-456" -> "+4930123456". Returns nullopt for a text with more than a number, such as `*72` or
/// `1;phone-context=x`, and for digits outside ASCII.
[[nodiscard]] std::optional<std::string> plain_number(std::string_view written);

/// Returns true for a pattern: `+4930*` matches numbers with this prefix; in `60XX`, X is one digit. A star may only be the last character. The
/// pattern must begin with a digit, or with + and a digit, so that no pattern allows every number.
[[nodiscard]] bool is_number_pattern(std::string_view pattern);
/// Returns true if `pattern` matches the plain number `number`. An invalid pattern matches nothing.
[[nodiscard]] bool fits(std::string_view pattern, std::string_view number);

}  // namespace offhook::inline v0::agent::tools
