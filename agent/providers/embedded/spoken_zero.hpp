#pragma once

#include <string>
#include <string_view>
#include <vector>

/// The key 0 said aloud instead of pressed: many callers know it as the way to a person. Pure; ASCII only.
namespace offhook::inline v0::agent::embedded {

/// True for "zero" alone, or with "press", "number" or "please". "oh" is no key: it is said in surprise, too.
[[nodiscard]] bool says_zero(std::string_view text);
/// The texts for which says_zero() is true. The recogniser's language models contain them.
[[nodiscard]] const std::vector<std::string>& zero_phrases();

}  // namespace offhook::inline v0::agent::embedded
