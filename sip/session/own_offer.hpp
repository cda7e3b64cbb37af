#pragma once

#include <offhook/sip/message/method.hpp>
#include <offhook/sip/stack/events.hpp>

namespace offhook::inline v0::sip::session {

/// An offer of ours within a dialog, on its way or waiting for its next try.
struct OwnOffer {
  Body body{};
  HeaderList headers{};            ///< The phone's.
  Method method = Method::Invite;  ///< Or UPDATE: RFC 3311.
  bool refresh = false;            ///< Of the stack's own: the phone knows nothing of it.
  bool stale = false;  ///< While it waited after a 491 we have answered theirs, which is newer: RFC 3264 section 8.
  bool early = false;  ///< It left before there was a 2xx: no session stands yet that it could refresh.
};

}  // namespace offhook::inline v0::sip::session
