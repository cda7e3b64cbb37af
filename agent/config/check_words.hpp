#pragma once

#include <offhook/agent/config/check.hpp>

/// The parts of check() and allowed_for() for names, numbers to dial, languages, URLs, and lists of them.
namespace offhook::inline v0::agent::config {

inline constexpr std::size_t kMaxWord = 64;     ///< octets of a name
inline constexpr std::size_t kMaxTarget = 256;  ///< octets of a number or URI to dial

[[nodiscard]] base::Result<JsonValue, Complaint> check_words(const Setting& setting, const JsonValue& value);
[[nodiscard]] std::string allowed_words(const Setting& setting);
/// Returns true for 1 to kMaxWord letters, digits, - and _.
[[nodiscard]] bool is_word(std::string_view text);

}  // namespace offhook::inline v0::agent::config
