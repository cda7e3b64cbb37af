#pragma once

#include <string>
#include <string_view>

namespace offhook::inline v0::agent::embedded {

/// Text as it should be read aloud: numbers, telephone numbers, times, dates, money, ordinals, codes and abbreviations in
/// words (docs/embedded-speech.md has the table). The voice never sees a digit. Pure; never fails: what is no known form is
/// read as it stands, its digits one by one or as numbers. Runs of spaces become one.
[[nodiscard]] std::string spoken_form(std::string_view text);

}  // namespace offhook::inline v0::agent::embedded
