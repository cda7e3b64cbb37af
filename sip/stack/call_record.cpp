#include <offhook/sip/stack/call_record.hpp>

#include <offhook/sip/session/confirmed_call.hpp>

#include <utility>

namespace offhook::inline v0::sip {

namespace {

/// What IncomingCall tells in fields of its own, what only this hop needs, and what could pass for a proven identity.
bool is_carried(HeaderName name) {
  switch (name) {
    case HeaderName::Via:
    case HeaderName::From:
    case HeaderName::To:
    case HeaderName::CallId:
    case HeaderName::CSeq:
    case HeaderName::MaxForwards:
    case HeaderName::ContentLength:
    case HeaderName::ContentType:
    case HeaderName::Authorization:
    case HeaderName::ProxyAuthorization:
    case HeaderName::Route:
    case HeaderName::RecordRoute:
    case HeaderName::PAssertedIdentity:
      return false;
    default:
      return true;
  }
}

Party party_of(const NameAddr& party) {
  return {std::string(party.uri.text), party.display_text()};
}

}  // namespace

IncomingCall call_record(const Message& invite, bool trusted) {
  IncomingCall call;
  call.call_id = std::string(invite.call_id());
  call.request_uri = std::string(invite.request_uri());
  call.from = party_of(invite.from());
  call.to = party_of(invite.to());
  if (trusted) {
    const auto asserted = invite.name_addrs(HeaderName::PAssertedIdentity, 2);  // RFC 3325 section 9.1: one or two.
    if (asserted && !asserted->empty()) call.asserted = party_of(asserted->front());
  }
  call.referred_by = std::string(invite.find(HeaderName::ReferredBy).value_or(""));
  call.privacy = parse_privacy(invite.find(HeaderName::Privacy).value_or("none")).value_or(Privacy{});
  call.privacy.none = call.privacy.none && invite.has(HeaderName::Privacy);
  call.diversions = diversions_of(invite);
  call.history = history_of(invite);
  for (const Header& header : invite.headers()) {
    if (is_carried(header.id)) call.headers.emplace_back(header.name, header.value);
  }
  call.offer = session::body_of(invite);
  return call;
}

}  // namespace offhook::inline v0::sip
