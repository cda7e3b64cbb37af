#pragma once

#include <string>
#include <string_view>

namespace offhook::inline v0::agent::embedded {

/// Returns text as it is read aloud: numbers, telephone numbers, times, dates, money, ordinals, codes and abbreviations in words
/// (docs/embedded-speech.md has the table). In other text, it replaces digits by words and changes nothing else, so that the result has
/// no digits. Each run of spaces becomes one space. Pure; never fails.
[[nodiscard]] std::string spoken_form(std::string_view text);

}  // namespace offhook::inline v0::agent::embedded
