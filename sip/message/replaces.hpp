#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/parse_error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

inline constexpr std::size_t kMaxReplacesBytes = 1024;  ///< Of one value: a Call-ID and two tags.

/// Which dialog an INVITE wants to take the place of, as the one who is asked sees it: `to_tag` is its own tag, `from_tag` its
/// peer's. RFC 3891 section 6.1.
struct Replaces {
  std::string call_id, to_tag, from_tag;
  bool early_only = false;  ///< Not once it is answered: RFC 3891 section 7.1.
  friend bool operator==(const Replaces&, const Replaces&) = default;
};

/// The value of a Replaces header field. Errors: TooLarge, Empty (no Call-ID), BadParameter (not exactly one tag of each, or one
/// that is no token).
[[nodiscard]] base::Result<Replaces, ParseError> parse_replaces(std::string_view value);
[[nodiscard]] std::string to_string(const Replaces& replaces);

}  // namespace offhook::inline v0::sip
