#pragma once

#include <offhook/sip/message/method.hpp>
#include <offhook/sip/model/events.hpp>

namespace offhook::inline v0::sip::session {

/// Our offer within a dialog, pending or waiting for its retry.
struct OwnOffer {
  Body body{};
  HeaderList headers{};            ///< from the phone layer
  Method method = Method::Invite;  ///< INVITE, or UPDATE (RFC 3311)
  bool refresh = false;            ///< a refresh by the stack, which the phone layer does not see
  bool stale = false;  ///< true: while the offer waited after a 491, we answered a newer offer of the peer: RFC 3264 section 8
  bool early = false;  ///< sent before the 2xx, so it cannot refresh a session
};

}  // namespace offhook::inline v0::sip::session
