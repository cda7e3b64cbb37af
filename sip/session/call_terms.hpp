#pragma once

#include <offhook/sip/message/message.hpp>
#include <offhook/sip/model/events.hpp>
#include <offhook/sip/session/reliability.hpp>
#include <offhook/sip/session/session_timer_options.hpp>

#include <optional>

namespace offhook::inline v0::sip::session {

/// The response with which a call is refused because its required extensions do not match ours.
struct Refusal {
  int status = 0;
  HeaderList own;
};

/// Returns 420 if the call requires an extension that is off here (RFC 3261 section 8.2.2.3), 421 if we require an extension that
/// the caller does not support (RFC 3261 section 21.4.16), and 422 for a session interval that is too short (RFC 4028 section 9).
/// Returns nullopt if the call is acceptable.
[[nodiscard]] std::optional<Refusal> refusal_of_terms(const Message& invite, const SessionTimerOptions& timer, Reliability reliability);

}  // namespace offhook::inline v0::sip::session
