#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/parse_error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

inline constexpr std::size_t kMaxReplacesBytes = 1024;  ///< per value: a Call-ID and two tags

/// The dialog that an INVITE is to replace, from the view of the INVITE's recipient: `to_tag` is the tag of the recipient, and
/// `from_tag` is the tag of the recipient's peer. RFC 3891 section 6.1.
struct Replaces {
  std::string call_id, to_tag, from_tag;
  bool early_only = false;  ///< replace only an early dialog: RFC 3891 section 7.1
  friend bool operator==(const Replaces&, const Replaces&) = default;
};

/// Parses a Replaces value. Errors: TooLarge, Empty (no Call-ID), BadParameter (not exactly one of each tag, or a tag that is not
/// a token).
[[nodiscard]] base::Result<Replaces, ParseError> parse_replaces(std::string_view value);
[[nodiscard]] std::string to_string(const Replaces& replaces);

}  // namespace offhook::inline v0::sip
