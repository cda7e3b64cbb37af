#pragma once

#include <offhook/base/text.hpp>

#include <cstddef>
#include <string_view>

namespace offhook::inline v0::agent {

inline constexpr std::size_t kMaxLanguageTag = 35;  ///< longest tag that Offhook accepts from a service, in octets: the buffer size of RFC 5646 section 4.4.1

/// Returns the primary language subtag (RFC 5646 section 2.2.1) as it is written: "pt" for "pt-BR". Accepts "_" as a separator too,
/// because some services use it.
[[nodiscard]] constexpr std::string_view primary_language(std::string_view tag) { return tag.substr(0, tag.find_first_of("-_")); }

/// Returns true if both tags have the same primary language. Ignores the region and the case (RFC 5646 section 2.1.1).
[[nodiscard]] inline bool is_same_language(std::string_view tag, std::string_view other) {
  return base::iequals(primary_language(tag), primary_language(other));
}

}  // namespace offhook::inline v0::agent
