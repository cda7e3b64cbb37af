#pragma once

#include <offhook/agent/support/json_in.hpp>
#include <offhook/agent/support/language_tag.hpp>

#include <string>
#include <string_view>

namespace offhook::inline v0::agent::deepgram {

/// Returns the first entry of `languages` (BCP 47) in a multilingual result; "" if there is none. Source: Deepgram's documentation, "Multilingual".
[[nodiscard]] inline std::string detected_language(const json::Element& heard) {
  const auto languages = json::member(heard, "languages");
  std::string_view first;
  if (!languages || languages->at(0).get(first) != simdjson::SUCCESS || first.size() > kMaxLanguageTag) return {};
  return std::string(first);
}

}  // namespace offhook::inline v0::agent::deepgram
