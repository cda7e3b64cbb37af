#pragma once

#include <offhook/agent/config/check.hpp>

/// check() and allowed_for() of names, numbers to dial, languages, URLs, and lists of them.
namespace offhook::inline v0::agent::config {

inline constexpr std::size_t kMaxWord = 64;     ///< of a name
inline constexpr std::size_t kMaxTarget = 256;  ///< of what can be dialled

[[nodiscard]] base::Result<JsonValue, Complaint> check_words(const Setting& setting, const JsonValue& value);
[[nodiscard]] std::string allowed_words(const Setting& setting);
/// Letters, digits, - and _, at most kMaxWord of them.
[[nodiscard]] bool is_word(std::string_view text);

}  // namespace offhook::inline v0::agent::config
