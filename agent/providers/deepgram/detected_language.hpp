#pragma once

#include <offhook/agent/providers/json_in.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::deepgram {

inline constexpr std::size_t kMaxLanguage = 35;  ///< octets of a language tag; a longer one is none

/// Of what is heard in several languages: the first of `languages`, BCP 47; "" when none is told. Deepgram's documentation, "Multilingual".
[[nodiscard]] inline std::string detected_language(const json::Element& heard) {
  const auto languages = json::member(heard, "languages");
  std::string_view first;
  if (!languages || languages->at(0).get(first) != simdjson::SUCCESS || first.size() > kMaxLanguage) return {};
  return std::string(first);
}

}  // namespace offhook::inline v0::agent::deepgram
