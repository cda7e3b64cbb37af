#pragma once

#include <offhook/agent/call/ended.hpp>
#include <offhook/agent/call/incoming.hpp>
#include <offhook/sip/model/events.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <string>

/// Converts the values of SIP events to those of legs.
namespace offhook::inline v0::phone {

/// Returns the party; its number is the unescaped user part of the address.
[[nodiscard]] call::Party party_of(const sip::Party& party);

/// Returns the person that a request within the dialog names (RFC 4916): the identity that a trusted peer asserts, otherwise From.
[[nodiscard]] call::Party person_of(const sip::PeerChanged& changed);

/// Returns the call. Its caller is verified if a trusted peer asserts the number, if a signature proves it, or if the caller has authenticated by password as
/// the user in From. A From header alone proves nothing.
[[nodiscard]] call::Incoming incoming_of(const sip::IncomingCall& call, std::string local_tag);

[[nodiscard]] call::Ended ended_of(const sip::CallEnded& ended);
/// Returns the end of a call that this side refused with `status`.
[[nodiscard]] call::Ended refused_with(int status);

/// Returns a status as text; "" for 0.
[[nodiscard]] std::string status_text(int status);

}  // namespace offhook::inline v0::phone
