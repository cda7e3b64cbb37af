#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/method.hpp>
#include <offhook/sip/message/name_addr.hpp>
#include <offhook/sip/message/replaces.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

/// The target of a REFER: RFC 3515 section 2.1. The parser reads no header field in the target's URI except Replaces, because a
/// peer must not choose the other fields of our requests.
struct ReferTo {
  std::string target;                ///< the URI without its header part and without `method`
  std::string display;               ///< safe to show; may be empty
  Method method = Method::Invite;    ///< if not Invite, the REFER does not ask for a call
  std::optional<Replaces> replaces;  ///< attended transfer: the dialog that our call is to replace
};

/// Parses a Refer-To value. Errors: those of a name-addr and of Replaces; BadUri for a URI other than sip, sips and tel;
/// BadParameter for two Replaces.
[[nodiscard]] base::Result<ReferTo, ParseError> parse_refer_to(std::string_view value);
/// Returns a Refer-To value. Escapes `replaces` into the URI's header part; if `replaces` is not null, `target` must have no
/// header part.
[[nodiscard]] std::string refer_to(std::string_view target, const Replaces* replaces);
/// Escapes the characters that a header component of a URI must not contain: RFC 3261 section 25.1 (hvalue).
[[nodiscard]] std::string escape_header_value(std::string_view text);

}  // namespace offhook::inline v0::sip
