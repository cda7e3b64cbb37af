#pragma once

#include <offhook/sip/message/message.hpp>
#include <offhook/sip/stack/events.hpp>

namespace offhook::inline v0::sip {

/// What an INVITE says of the call, in our words; session, account and source are the caller's to fill in. `trusted`: it comes
/// from where P-Asserted-Identity is believed (RFC 3325 section 5).
[[nodiscard]] IncomingCall call_record(const Message& invite, bool trusted);

}  // namespace offhook::inline v0::sip
