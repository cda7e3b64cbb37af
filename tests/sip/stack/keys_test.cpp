#include <offhook/tests/sip/stack/caller.hpp>

using namespace offhook;
using namespace offhook::sim;
using sip::Transport;

namespace {

const sip::Body kKeys{"application/sdp", "keys", true};

/// A call whose descriptions have keys of SRTP.
struct KeyCaller : Caller {
  sip::Flow tls{{9}, Transport::Tls, address("192.0.2.1", 40000), address("192.0.2.99", 5061), "192.0.2.99"};

  void dial_to(const std::string& target, sip::Body offer = kKeys) {
    sip::CallOptions options;
    options.account = account;
    options.target = target;
    options.offer = std::move(offer);
    options.through_registrar = false;
    const auto made = stack.calls().call(options, now);
    REQUIRE(made);
    session = *made;
    drain();
    first = take("INVITE ");
    call_id = header(first, "Call-ID");
  }
  /// Talks over TLS with a peer whose Contact has this URI.
  void talk_to(const std::string& contact, sip::Body offer = kKeys) {
    dial_to("sip:desk@192.0.2.99;transport=tls", std::move(offer));
    CHECK(last_flow.transport == Transport::Tls);
    tls = last_flow;
    tls.id = sip::FlowId{9};
    receive(response(first, 200, "a", "answer", {{"Contact", contact}}), tls);
    REQUIRE(event<sip::CallAnswered>());
  }
};

}  // namespace

TEST_CASE_FIXTURE(KeyCaller, "The stack sends an INVITE with keys over TLS if its URI names no transport [RFC 4568 section 8.1]") {
  dial_to("sip:desk@192.0.2.99");
  CHECK(header(first, "Via").starts_with("SIP/2.0/TLS "));
  CHECK(queries.back().secure);
}

TEST_CASE_FIXTURE(KeyCaller, "The stack does not send an INVITE with keys to a URI with UDP or TCP, and ends the call with the reason") {
  for (const std::string transport : {"udp", "tcp", "ws"}) {
    CAPTURE(transport);
    dial_to("sip:desk@192.0.2.99;transport=" + transport);
    CHECK(first.empty());
    const auto ended = event<sip::CallEnded>();
    REQUIRE(ended);
    CHECK(ended->why == sip::CallEnded::Why::Unresolvable);
    CHECK(ended->reason.find("keys of SRTP") != std::string::npos);
  }
  CHECK(queries.empty());
}

TEST_CASE_FIXTURE(KeyCaller, "The stack sends a re-INVITE with keys over the TLS connection of the call if the Contact of the peer has no TLS") {
  for (const std::string contact : {"<sip:desk@192.0.2.99:5062>", "<sip:desk@192.0.2.99:5062;transport=udp>", "<sip:desk@pbx.example>"}) {
    CAPTURE(contact);
    talk_to(contact);
    queries.clear();
    sent.clear();
    REQUIRE(stack.calls().offer(session, kKeys, now));
    drain();
    const std::string again = take("INVITE ");
    CHECK(body(again) == "keys");
    CHECK(sip::same_way(last_flow, tls));
    CHECK(queries.empty());
    receive(response(again, 200, "a", "answer", {{"Contact", contact}}), tls);
    CHECK(event<sip::OfferAnswered>());
    REQUIRE(stack.calls().hang_up(session, now));
    drain();
    events.clear();
  }
}

TEST_CASE_FIXTURE(KeyCaller, "The stack does not send a re-INVITE with keys if the last message of the call came over UDP and the Contact has no TLS") {
  talk_to("<sip:desk@192.0.2.99:5062;transport=udp>");
  receive(in_dialog("INFO", 1, tag_of(header(first, "From")), {}, {}, "a"), peer);
  sent.clear();
  REQUIRE(stack.calls().offer(session, kKeys, now));
  drain();
  CHECK(take("INVITE ").empty());
  CHECK(event<sip::OfferRefused>());
}

TEST_CASE_FIXTURE(KeyCaller, "The stack sends an ACK whose answer has keys over the TLS connection of the call") {
  talk_to("<sip:desk@192.0.2.99:5062;transport=udp>", {});
  sent.clear();
  REQUIRE(stack.calls().accept_offer(session, kKeys, now));
  drain();
  CHECK(body(take("ACK ")) == "keys");
  CHECK(sip::same_way(last_flow, tls));
}

TEST_CASE_FIXTURE(KeyCaller, "If the ACK cannot use TLS and its answer has keys, the stack sends the ACK without a body") {
  dial_to("sip:desk@192.0.2.99", {});
  CHECK(last_flow.transport == Transport::Udp);
  receive(response(first, 200, "a", "offer", {{"Contact", "<sip:desk@192.0.2.99:5062;transport=udp>"}}), last_flow);
  sent.clear();
  REQUIRE(stack.calls().accept_offer(session, kKeys, now));
  drain();
  CHECK(body(take("ACK ")).empty());
}

TEST_CASE_FIXTURE(KeyCaller, "OfferReceived has the transport of the offer") {
  talk_to("<sip:desk@192.0.2.99:5062;transport=tls>");
  const std::string our_tag = tag_of(header(first, "From"));
  receive(in_dialog("INVITE", 1, our_tag, "offer", {}, "a"), tls);
  CHECK(event<sip::OfferReceived>()->transport == Transport::Tls);
  REQUIRE(stack.calls().refuse_offer(session, 488, now));
  drain();
  receive(in_dialog("ACK", 1, our_tag, {}, {}, "a"), tls);
  receive(in_dialog("INVITE", 2, our_tag, "offer", {}, "a"), peer);
  CHECK(event<sip::OfferReceived>()->transport == Transport::Udp);
}
