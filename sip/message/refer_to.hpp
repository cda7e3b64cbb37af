#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/method.hpp>
#include <offhook/sip/message/name_addr.hpp>
#include <offhook/sip/message/replaces.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

/// Whom a REFER wants to be called: RFC 3515 section 2.1. Of the header fields that its URI asks for only Replaces is read: what
/// else stands in a request of ours is nobody else's choice.
struct ReferTo {
  std::string target;                ///< The URI without its header part and without `method`.
  std::string display;               ///< Safe to show; may be empty.
  Method method = Method::Invite;    ///< Other than Invite: not a call.
  std::optional<Replaces> replaces;  ///< An attended transfer: the call that ours is to take the place of.
};

/// Errors: those of a name-addr and of Replaces; BadUri for a URI that is neither sip, sips nor tel; BadParameter when Replaces
/// is asked for twice.
[[nodiscard]] base::Result<ReferTo, ParseError> parse_refer_to(std::string_view value);
/// The value of Refer-To; with `replaces` escaped into the URI's header part, where `target` must have none.
[[nodiscard]] std::string refer_to(std::string_view target, const Replaces* replaces);
/// Escapes what a header component of a URI may not hold: RFC 3261 section 25.1 (hvalue).
[[nodiscard]] std::string escape_header_value(std::string_view text);

}  // namespace offhook::inline v0::sip
