#pragma once

#include <offhook/sip/message/message.hpp>
#include <offhook/sip/model/events.hpp>

namespace offhook::inline v0::sip {

/// Returns the content of an INVITE as an IncomingCall. The code that uses it must fill in session, account, source and the
/// fields that depend on them.
[[nodiscard]] IncomingCall call_record(const Message& invite);

}  // namespace offhook::inline v0::sip
