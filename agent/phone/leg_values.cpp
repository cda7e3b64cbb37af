#include <offhook/agent/phone/leg_values.hpp>

#include <offhook/sip/message/uri.hpp>

#include <utility>

namespace offhook::inline v0::phone {

namespace {

using By = call::Ended::By;
using Cause = call::Ended::Cause;

std::string user_of(const std::string& uri) {
  const auto parsed = sip::parse_uri(uri);
  return parsed && !parsed->user.empty() ? sip::unescape(parsed->user) : uri;
}

By by_of(sip::CallEnded::By by) {
  switch (by) {
    case sip::CallEnded::By::Local: return By::Us;
    case sip::CallEnded::By::Remote: return By::Peer;
    case sip::CallEnded::By::Network: return By::Network;
  }
  return By::Network;
}

/// Maps a status of RFC 3261 section 21.
Cause cause_of_refusal(int status) {
  switch (status) {
    case 408:
    case 480: return Cause::Unavailable;
    case 486:
    case 600: return Cause::Busy;
    case 487: return Cause::Terminated;
    case 603: return Cause::Declined;
    default: return Cause::Rejected;
  }
}

Cause cause_of(const sip::CallEnded& ended) {
  using Why = sip::CallEnded::Why;
  switch (ended.why) {
    case Why::Bye: return Cause::HungUp;
    case Why::Cancelled: return Cause::Cancelled;
    case Why::Rejected: return cause_of_refusal(ended.status);
    case Why::NoAnswer: return Cause::NoAnswer;
    case Why::NoAck: return Cause::Unacknowledged;
    case Why::SessionLost: return Cause::Lost;
    case Why::Unreachable: return Cause::Unreachable;
    case Why::Unresolvable: return Cause::UnknownName;
    case Why::Replaced: return Cause::Replaced;
  }
  return Cause::Rejected;
}

call::CallerCheck check_of(const sip::CallerIdentity& identity) {
  const bool failed = identity.verstat == sip::CallerIdentity::Verstat::Failed;
  return {std::string(sip::word_for(identity)), identity.attest, identity.origid, failed ? std::string(to_string(*identity.error)) : ""};
}

}  // namespace

call::Party party_of(const sip::Party& party) { return {party.uri, party.display, user_of(party.uri)}; }

call::Party person_of(const sip::PeerChanged& changed) { return party_of(changed.asserted.value_or(changed.from)); }

call::Incoming incoming_of(const sip::IncomingCall& call, std::string local_tag) {
  call::Incoming incoming;
  incoming.name = {call.call_id, std::move(local_tag)};
  incoming.from = party_of(call.from);
  incoming.to = party_of(call.to);
  incoming.caller = call.asserted ? party_of(*call.asserted) : incoming.from;  // An asserted identity has priority over the claim in From.
  const bool has_password = !call.proven_user.empty() && call.proven_user == incoming.from.number;
  incoming.caller_verified = call.asserted || sip::proves_number(call.identity) || has_password;
  incoming.check = check_of(call.identity);
  incoming.dialled = call.request_uri;
  incoming.source = call.source.to_string();
  for (const auto& [name, value] : call.headers) incoming.fields.emplace_back(name, value);
  return incoming;
}

call::Ended ended_of(const sip::CallEnded& ended) { return {by_of(ended.by), cause_of(ended), status_text(ended.status), ended.reason, {}}; }

call::Ended refused_with(int status) { return {By::Us, cause_of_refusal(status), status_text(status), {}, {}}; }

std::string status_text(int status) { return status != 0 ? std::to_string(status) : std::string(); }

}  // namespace offhook::inline v0::phone
