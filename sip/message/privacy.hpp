#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/parse_error.hpp>

#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

/// What a user wants others not to learn: RFC 3323 section 4.2, `id` of RFC 3325 section 9.3, `history` of RFC 7044 section 10.1.
struct Privacy {
  bool header = false, session = false, user = false, id = false, history = false;
  bool none = false;      ///< Said in so many words: nothing shall be withheld.
  bool critical = false;  ///< Rather no call than one without it.
  [[nodiscard]] bool any() const { return header || session || user || id || history; }
  friend bool operator==(const Privacy&, const Privacy&) = default;
};

/// Values that we do not know count as none. Errors: BadParameter for what is no list of tokens.
[[nodiscard]] base::Result<Privacy, ParseError> parse_privacy(std::string_view value);
/// "" when nothing is said.
[[nodiscard]] std::string to_string(const Privacy& privacy);

}  // namespace offhook::inline v0::sip
