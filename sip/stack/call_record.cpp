#include <offhook/sip/stack/call_record.hpp>

#include <offhook/sip/session/confirmed_call.hpp>
#include <offhook/sip/stack/outside.hpp>

#include <utility>

namespace offhook::inline v0::sip {

IncomingCall call_record(const Message& invite) {
  IncomingCall call;
  call.call_id = std::string(invite.call_id());
  call.request_uri = std::string(invite.request_uri());
  call.from = party_of(invite.from());
  call.to = party_of(invite.to());
  call.referred_by = std::string(invite.find(HeaderName::ReferredBy).value_or(""));
  call.privacy = parse_privacy(invite.find(HeaderName::Privacy).value_or("none")).value_or(Privacy{});
  call.privacy.none = call.privacy.none && invite.has(HeaderName::Privacy);
  call.diversions = diversions_of(invite);
  call.history = history_of(invite);
  call.headers = carried_fields(invite);
  call.offer = session::description_of(invite);
  return call;
}

}  // namespace offhook::inline v0::sip
