#pragma once

#include <offhook/agent/config/settings.hpp>

#include <cstddef>
#include <string>
#include <string_view>

/// Finds values that may appear in an error message. An operator may have typed a password in the wrong place.
namespace offhook::inline v0::agent::config {

inline constexpr std::size_t kMaxHarmlessWord = 24;

/// Returns true for a word that is hardly a secret: at most kMaxHarmlessWord letters, digits and characters of ". _ : -", which do not mix
/// upper case, lower case and digits as generated passwords and keys do.
[[nodiscard]] bool is_harmless(std::string_view word);

/// Returns `found` with the word in parentheses, if the word is harmless.
[[nodiscard]] std::string with_word(std::string found, std::string_view word);

/// Returns `found` with the value in parentheses, if the value is a number, or a harmless word of a setting that takes words. For true and
/// false, returns the value only. For a setting that is or may hold a secret, returns `found` only.
[[nodiscard]] std::string with_value(std::string found, const Setting& setting, const JsonValue& value);

}  // namespace offhook::inline v0::agent::config
