#pragma once

#include <offhook/sip/message/message.hpp>
#include <offhook/sip/session/reliability.hpp>
#include <offhook/sip/session/session_timer_options.hpp>
#include <offhook/sip/stack/events.hpp>

#include <optional>

namespace offhook::inline v0::sip::session {

/// What a call is refused with that wants to be led otherwise than we do.
struct Refusal {
  int status = 0;
  HeaderList own;
};

/// 420 for what is switched off here and required there (RFC 3261 section 8.2.2.3), 421 the other way round (RFC 3261 section 21.4.16), and
/// 422 for a session that would expire too soon (RFC 4028 section 9).
[[nodiscard]] std::optional<Refusal> refusal_of_terms(const Message& invite, const SessionTimerOptions& timer, Reliability reliability);

}  // namespace offhook::inline v0::sip::session
