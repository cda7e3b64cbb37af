#pragma once

#include <string>
#include <string_view>

namespace offhook::inline v0::sip::packages {

/// `text` as XML 1.0 may hold it (section 2.2, Char): what is no UTF-8 (RFC 3629 section 4) or no such character is left out. What
/// others wrote into a display name must not make a document that nobody can read.
[[nodiscard]] std::string xml_text(std::string_view text);

}  // namespace offhook::inline v0::sip::packages
