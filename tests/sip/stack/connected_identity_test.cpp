// Tests of the identity of the other party of a call, and of changes of the identity during the call.
#include <offhook/tests/sip/stack/called.hpp>
#include <offhook/tests/sip/stack/caller.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

namespace {

/// Returns `request` with `from` as the URI and display name in From.
std::string by(const std::string& from, std::string request) {
  const auto at = request.find("From: ") + 6;
  return request.replace(at, request.find(";tag=", at) - at, from);
}

const Fields kTakesNames{{"Supported", "timer, from-change"}, {"Allow", "INVITE, ACK, BYE, UPDATE"}};

}  // namespace

TEST_CASE_FIXTURE(Called, "An UPDATE with another From causes PeerChanged, and later requests have this From as their To [RFC 4916 section 4.4.2]") {
  ring_in();
  pick_up();
  receive(in_dialog("ACK", 1, our_tag));
  receive(in_dialog("UPDATE", 2, our_tag));
  CHECK_FALSE(event<sip::PeerChanged>());
  receive(by("\"Bea\" <sip:bea@192.0.2.99>", in_dialog("UPDATE", 3, our_tag, {}, {{"X-Note", "picked up"}})));
  const auto changed = event<sip::PeerChanged>();
  REQUIRE(changed);
  CHECK(changed->session == session);
  CHECK(changed->from == sip::Party{"sip:bea@192.0.2.99", "Bea"});
  CHECK_FALSE(changed->asserted);
  CHECK(changed->headers.find("X-Note") == "picked up");
  receive(by("\"Bea\" <sip:bea@192.0.2.99>", in_dialog("UPDATE", 4, our_tag)));
  CHECK_FALSE(event<sip::PeerChanged>());
  receive(by("<sip:cyd@192.0.2.99>", in_dialog("UPDATE", 4, our_tag)));  // The CSeq does not rise, so that the UPDATE gets 500.
  CHECK_FALSE(event<sip::PeerChanged>());
  sent.clear();
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  CHECK(header(take("BYE "), "To") == "\"Bea\" <sip:bea@192.0.2.99>;tag=peer");
}

TEST_CASE_FIXTURE(Called, "A re-INVITE with another From causes PeerChanged if the application accepts the offer, and not if it refuses the offer [RFC 4916 section 4.4.2]") {
  talk();
  receive(by("<sip:bea@192.0.2.99>", in_dialog("INVITE", 2, our_tag, "offer 2")));
  REQUIRE(event<sip::OfferReceived>());
  CHECK(events.empty());
  REQUIRE(stack.calls().refuse_offer(session, 488, now));
  drain();
  CHECK_FALSE(event<sip::PeerChanged>());
  receive(by("<sip:bea@192.0.2.99>", in_dialog("INVITE", 3, our_tag, "offer 3")));
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.calls().accept_offer(session, kAnswer, now));
  drain();
  const auto changed = event<sip::PeerChanged>();
  REQUIRE(changed);
  CHECK(changed->from.uri == "sip:bea@192.0.2.99");
  receive(by("<sip:bea@192.0.2.99>", in_dialog("BYE", 4, our_tag)));
  CHECK_FALSE(event<sip::PeerChanged>());
}

TEST_CASE_FIXTURE(Caller, "A ringing branch may change its identity by UPDATE. The responses to pending PRACK and UPDATE requests still find the branch [RFC 4916 section 4.2]") {
  dial();
  receive(response(first, 401, "b", {}, challenge("m")));  // The account answers this challenge, because it comes from the registrar.
  first = take("INVITE ");
  const std::string reliable = response(first, 183, "a", "answer", {{"Contact", "<sip:desk@192.0.2.50>"}, {"Require", "100rel"}, {"RSeq", "1"}, {"Allow", "UPDATE"}});
  receive(reliable);
  receive(response(take("PRACK "), 200, "a"));
  REQUIRE(stack.calls().update(session, kOffer, now, {}, "a"));
  drain();
  const std::string update = take("UPDATE ");
  receive(by("<sip:bea@192.0.2.99>", in_dialog("UPDATE", 1, our_tag(), {}, {}, "a")));
  REQUIRE(event<sip::PeerChanged>());
  receive(response(update, 401, "a", {}, challenge("n")));
  const std::string again = take("UPDATE ");
  CHECK(header(again, "To") == header(update, "To"));  // This is the same request with credentials.
  events.clear();
  advance(33s);
  const auto refused = event<sip::OfferRefused>();
  REQUIRE(refused);
  CHECK(refused->status == 408);
  CHECK(refused->branch_tag == "a");
}

TEST_CASE("A changed P-Asserted-Identity causes PeerChanged if the peer is trusted [RFC 3325 section 5]") {
  const auto told = [](bool trusted) {
    Called one;
    sip::AccountOptions options;
    options.address_of_record = "sip:bot@pbx.example";
    options.registers = false;
    if (trusted) options.trusted_peers = {one.peer.remote.ip};
    REQUIRE(one.stack.accounts().add(options, one.now).value != 0);
    const auto asserts = [](const std::string& user) { return Fields{{"P-Asserted-Identity", "<sip:" + user + "@pbx.example>"}}; };
    one.ring_in("offer", asserts("ann"));
    one.pick_up();
    one.receive(one.in_dialog("ACK", 1, one.our_tag));
    std::string users;
    int cseq = 1;
    for (const std::string user : {"ann", "bea", "bea", "", "ann"}) {
      one.receive(one.in_dialog("UPDATE", ++cseq, one.our_tag, {}, user.empty() ? Fields{} : asserts(user)));
      const auto changed = one.event<sip::PeerChanged>();
      users += changed && changed->asserted ? changed->asserted->uri + " " : changed ? "? " : "- ";
    }
    return users;
  };
  CHECK(told(true) == "- sip:bea@pbx.example - - sip:ann@pbx.example ");
  CHECK(told(false) == "- - - - - ");
}

TEST_CASE_FIXTURE(Called, "The stack supports from-change, and lists it in Supported in INVITE and in its 2xx [RFC 4916 sections 4.1 and 4.2]") {
  receive(invite("offer", {{"Require", "from-change"}}));
  session = event<sip::IncomingCall>()->session;
  REQUIRE(stack.calls().answer(session, kAnswer, now));
  drain();
  CHECK(header(take("SIP/2.0 200"), "Supported").find("from-change") != std::string::npos);
  Caller caller;
  caller.dial();
  CHECK(header(caller.first, "Supported").find("from-change") != std::string::npos);
}

TEST_CASE_FIXTURE(Called,
    "identify() sends an UPDATE with the new From. Later requests have this From, even if the peer refuses the UPDATE [RFC 4916 sections 4.3 and 4.4.1]") {
  ring_in("offer", kTakesNames);
  CHECK(stack.calls().identify(session, {"sip:bea@192.0.2.1", {}}, now) == base::fail(sip::StackError::WrongState));  // The call still rings.
  pick_up();
  receive(in_dialog("ACK", 1, our_tag));
  sent.clear();
  CHECK(stack.calls().identify(session, {"sip:a> b", {}}, now) == base::fail(sip::StackError::BadUri));
  CHECK(stack.calls().identify(session, {"sip:bea@192.0.2.1", {}}, now, {{"From", "x"}}) == base::fail(sip::StackError::BadHeader));
  REQUIRE(stack.calls().identify(session, {"sip:bea@192.0.2.1", "Bea \"B\""}, now, {{"P-Asserted-Identity", "<sip:bea@192.0.2.1>"}}));
  drain();
  const std::string update = take("UPDATE ");
  CHECK(header(update, "From") == "\"Bea \\\"B\\\"\" <sip:bea@192.0.2.1>;tag=" + our_tag);
  CHECK(header(update, "P-Asserted-Identity") == "<sip:bea@192.0.2.1>");
  CHECK(body(update).empty());
  CHECK(stack.calls().identify(session, {"sip:cyd@192.0.2.1", {}}, now) == base::fail(sip::StackError::WrongState));  // The first UPDATE has no response yet.
  receive(response(update, 438, "peer"));
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  CHECK(header(take("BYE "), "From") == header(update, "From"));
}

TEST_CASE_FIXTURE(Called, "identify() fails if the peer does not support from-change or UPDATE [RFC 4916 section 3]") {
  for (const Fields& can : {Fields{{"Supported", "timer"}, {"Allow", "INVITE, ACK, BYE, UPDATE"}},
                            Fields{{"Supported", "from-change"}, {"Allow", "INVITE, ACK, BYE"}}, Fields{}}) {
    Called one;
    one.ring_in("offer", can);
    one.pick_up();
    one.receive(one.in_dialog("ACK", 1, one.our_tag));
    one.sent.clear();
    CHECK(one.stack.calls().identify(one.session, {"sip:bea@192.0.2.1", {}}, one.now) == base::fail(sip::StackError::WrongState));
    one.drain();
    CHECK(one.sent.empty());
  }
}
