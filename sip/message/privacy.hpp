#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/parse_error.hpp>

#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

/// The user's privacy request: RFC 3323 section 4.2, `id` of RFC 3325 section 9.3, `history` of RFC 7044 section 10.1.
struct Privacy {
  bool header = false, session = false, user = false, id = false, history = false;
  bool none = false;      ///< the value `none`: the user requests no privacy
  bool critical = false;  ///< the request must fail if the privacy cannot be provided
  [[nodiscard]] bool any() const { return header || session || user || id || history; }
  friend bool operator==(const Privacy&, const Privacy&) = default;
};

/// Parses a Privacy value. Ignores unknown values. Error: BadParameter for text that is not a list of tokens.
[[nodiscard]] base::Result<Privacy, ParseError> parse_privacy(std::string_view value);
/// Returns "" if no value is set.
[[nodiscard]] std::string to_string(const Privacy& privacy);

}  // namespace offhook::inline v0::sip
