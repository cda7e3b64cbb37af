// Tests of the header fields in the events of a call: an event has the fields of the message that caused it.
#include <offhook/tests/sip/stack/called.hpp>
#include <offhook/tests/sip/stack/caller.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

namespace {

/// Returns header fields that the stack does not read, some that it reads, and an asserted identity.
Fields with(const std::string& note, Fields more = {}) {
  more.insert(more.end(), {{"X-Note", note}, {"Warning", "399 pbx \"busy line\""}, {"P-Asserted-Identity", "\"Boss\" <sip:boss@pbx.example>"}});
  return more;
}

template <class E>
void check_fields(const std::optional<E>& event, const std::string& note) {
  REQUIRE(event);
  CHECK(event->headers.find("X-Note") == note);
  CHECK(event->headers.find("warning") == "399 pbx \"busy line\"");
  CHECK_FALSE(event->headers.find("P-Asserted-Identity"));
  CHECK_FALSE(event->headers.find("Via"));
}

}  // namespace

TEST_CASE_FIXTURE(Caller, "Each event of an outgoing call has the header fields of the response or request that caused it") {
  dial();
  receive(response(first, 183, "a", {}, with("early")));
  check_fields(event<sip::CallProgress>(), "early");
  receive(response(first, 200, "a", "answer", with("up", contact())));
  check_fields(event<sip::CallAnswered>(), "up");
  receive(in_dialog("INVITE", 1, our_tag(), "offer 2", with("hold"), "a"));
  check_fields(event<sip::OfferReceived>(), "hold");
  REQUIRE(stack.calls().accept_offer(session, kAnswer, now));
  drain();
  receive(in_dialog("ACK", 1, our_tag(), {}, {}, "a"));
  REQUIRE(stack.calls().offer(session, kOffer, now));
  drain();
  receive(response(take("INVITE "), 200, "a", "answer 2", with("answered", contact())));
  check_fields(event<sip::OfferAnswered>(), "answered");
  REQUIRE(stack.calls().offer(session, kOffer, now));
  drain();
  receive(response(take("INVITE "), 488, "a", {}, with("refused")));
  check_fields(event<sip::OfferRefused>(), "refused");
  receive(in_dialog("INFO", 2, our_tag(), {}, with("info"), "a"));
  check_fields(event<sip::InfoReceived>(), "info");
  receive(in_dialog("BYE", 3, our_tag(), {}, with("bye"), "a"));
  check_fields(event<sip::CallEnded>(), "bye");
}

TEST_CASE_FIXTURE(Caller, "CallEnded has Retry-After and the other fields of a refusal, and no fields if no message ended the call [RFC 3261 section 21]") {
  dial();
  receive(response(first, 503, "a", {}, with("full", {{"Retry-After", "30 (lunch)"}})));
  const auto refused = event<sip::CallEnded>();
  check_fields(refused, "full");
  CHECK(refused->headers.find("Retry-After") == "30 (lunch)");
  dial();
  advance(33s);
  const auto unanswered = event<sip::CallEnded>();
  REQUIRE(unanswered);
  CHECK(unanswered->status == 408);
  CHECK(unanswered->headers.empty());
}

TEST_CASE_FIXTURE(Called, "Each event of an incoming call has the header fields of the request that caused it") {
  ring_in({});
  pick_up("our offer");
  receive(in_dialog("ACK", 1, our_tag, "answer", with("ack")));
  check_fields(event<sip::CallConfirmed>(), "ack");
  receive(in_dialog("REFER", 2, our_tag, {}, with("refer", {{"Refer-To", "<sip:x@192.0.2.9>"}, {"Contact", "<sip:al@192.0.2.99>"}})));
  check_fields(event<sip::TransferRequested>(), "refer");
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->headers.empty());
}

TEST_CASE_FIXTURE(Called, "CallEnded of a cancelled call has the header fields of the CANCEL") {
  receive(invite());
  session = event<sip::IncomingCall>()->session;
  const std::string via = "SIP/2.0/UDP 192.0.2.99:5060;branch=z9hG4bKpeer" + std::to_string(branches) + ";rport";
  receive(message("CANCEL sip:bot@192.0.2.1 SIP/2.0", with("gone", {{"Via", via},
                                                                   {"Max-Forwards", "70"},
                                                                   {"From", "\"Al\" <sip:al@192.0.2.99>;tag=peer"},
                                                                   {"To", "<sip:bot@192.0.2.1>"},
                                                                   {"Call-ID", "call-1"},
                                                                   {"CSeq", "1 CANCEL"}})));
  const auto ended = event<sip::CallEnded>();
  check_fields(ended, "gone");
  CHECK(ended->why == sip::CallEnded::Why::Cancelled);
}

TEST_CASE("The events of responses and in-dialog requests also have the asserted identity, if the stack trusts the sender [RFC 3325 section 5]") {
  const auto told = [](bool trusted) {
    Scripted one;
    sip::AccountOptions options;
    options.address_of_record = "sip:bot@pbx.example";
    options.registers = false;
    if (trusted) options.trusted_peers = {one.peer.remote.ip};
    const auto account = one.stack.accounts().add(options, one.now);
    sip::CallOptions call{account, "sip:desk@192.0.2.99", kOffer, {}, false};
    REQUIRE(one.stack.calls().call(call, one.now));
    one.drain();
    const std::string sent = one.take("INVITE ");
    one.receive(Scripted::response(sent, 180, "a", {}, with("ring")));
    one.receive(Scripted::response(sent, 200, "a", "answer", with("up", {{"Contact", "<sip:desk@192.0.2.99>"}})));
    one.call_id = header(sent, "Call-ID");
    const auto ringing = one.event<sip::CallProgress>();
    const auto answered = one.event<sip::CallAnswered>();
    one.receive(one.in_dialog("UPDATE", 1, tag_of(header(sent, "From")), "offer", with("new"), "a"));
    const auto offered = one.event<sip::OfferReceived>();
    REQUIRE((ringing && answered && offered));
    std::string who;
    for (const auto& party : {ringing->asserted, answered->asserted, offered->asserted}) who += party ? party->uri + party->display + " " : "- ";
    return who;
  };
  CHECK(told(true) == "sip:boss@pbx.exampleBoss sip:boss@pbx.exampleBoss sip:boss@pbx.exampleBoss ");
  CHECK(told(false) == "- - - ");
}
