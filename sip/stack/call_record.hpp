#pragma once

#include <offhook/sip/message/message.hpp>
#include <offhook/sip/stack/events.hpp>

namespace offhook::inline v0::sip {

/// What an INVITE says of the call, in our words; session, account, source and what depends on them are the caller's to fill in.
[[nodiscard]] IncomingCall call_record(const Message& invite);

}  // namespace offhook::inline v0::sip
