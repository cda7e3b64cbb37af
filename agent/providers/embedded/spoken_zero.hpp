#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Recognises the word "zero" as the key 0: many callers say it to reach a person, instead of pressing the key. Pure; ASCII only.
namespace offhook::inline v0::agent::embedded {

/// Returns true for "zero" alone, or with "press", "number" or "please". "oh" does not count, because it also expresses surprise.
[[nodiscard]] bool says_zero(std::string_view text);
/// Returns the texts for which says_zero() is true, for the recogniser's language models.
[[nodiscard]] const std::vector<std::string>& zero_phrases();

}  // namespace offhook::inline v0::agent::embedded
