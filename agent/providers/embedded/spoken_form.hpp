#pragma once

#include <string>
#include <string_view>

namespace offhook::inline v0::agent::embedded {

/// Returns text as it is read aloud: numbers, telephone numbers, times, dates, money, ordinals, codes and abbreviations in words
/// (docs/embedded-speech.md has the table). The result has no digits. Pure; never fails: other text stays as it is, with its digits
/// read one by one or as numbers. Each run of spaces becomes one space.
[[nodiscard]] std::string spoken_form(std::string_view text);

}  // namespace offhook::inline v0::agent::embedded
