#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::azure {

inline constexpr std::size_t kMaxSsml = 64U << 10U;  ///< largest request that the service accepts, in octets

/// Appends `text` as the content of an element, or of an attribute in single or double quotes. Escapes it, so that it can neither end
/// nor begin an element or attribute. Replaces characters that XML 1.0 (section 2.2) does not allow: controls by a blank, all others
/// by U+FFFD.
void append_xml_text(std::string& out, std::string_view text);

/// The language and the voice of one text.
struct SsmlShape {
  std::string language = "en-US";           ///< a locale
  std::string voice = "en-US-JennyNeural";
};
[[nodiscard]] std::string write_ssml(const SsmlShape& shape, std::string_view text);

}  // namespace offhook::inline v0::agent::azure
