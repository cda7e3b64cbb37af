#pragma once

#include <string>
#include <string_view>

namespace offhook::inline v0::sip::packages {

/// Returns the characters of `text` that XML 1.0 allows (section 2.2, Char). Removes invalid UTF-8 (RFC 3629 section 4) and other
/// characters, so that a peer's display name cannot make a document unreadable.
[[nodiscard]] std::string xml_text(std::string_view text);

}  // namespace offhook::inline v0::sip::packages
