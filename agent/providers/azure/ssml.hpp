#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::azure {

inline constexpr std::size_t kMaxSsml = 64U << 10U;  ///< octets of one request: the service takes no more

/// `text` as the content of an element or of an attribute, quotes of either kind around it: whatever it holds, it is neither the end
/// of one nor the beginning of another. What XML 1.0 (section 2.2) has no character for becomes a blank, if it is a control, and
/// else U+FFFD.
void append_xml_text(std::string& out, std::string_view text);

/// One text in one voice.
struct SsmlShape {
  std::string language = "en-US";           ///< a locale
  std::string voice = "en-US-JennyNeural";
};
[[nodiscard]] std::string write_ssml(const SsmlShape& shape, std::string_view text);

}  // namespace offhook::inline v0::agent::azure
