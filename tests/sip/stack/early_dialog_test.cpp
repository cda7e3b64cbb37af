#include <offhook/sip/session/confirmed_call.hpp>
#include <offhook/sip/stack/call_hops.hpp>
#include <offhook/tests/sip/stack/early_dialogs.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace offhook;
using namespace offhook::sim;

namespace {

struct Early : EarlyDialogs {
  /// Exchanges offer and answer in the early dialog `a`, and then a second offer and answer by the peer's UPDATE.
  void update_early() {
    reliable(10, "a", "answer");
    receive(response(take("PRACK "), 200, ""));
    receive(in_dialog("UPDATE", 1, our_tag, "new", {}, "a"));
    REQUIRE(event<sip::OfferReceived>());
    REQUIRE(stack.calls().accept_offer(session, kFine, now));
    drain();
    REQUIRE(body(take("SIP/2.0 200")) == "fine");
    events.clear();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Early, "A callee's reliable responses cannot use up all client transactions of the stack [RFC 3262 section 4]") {
  constexpr unsigned kMost = sip::session::kMaxPracks;
  dial();
  for (unsigned i = 0; i < 9000; ++i) {  // The peer responds to no PRACK. The loop does not use receive(), because the checks in it take too long here.
    const std::string bytes = reliable_bytes(100 + i, "a");
    stack.receive(peer, base::Bytes(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), now);
    if (i % 500 == 0) {
      while (stack.poll_event()) {}
    }
  }
  while (stack.poll_event()) {}
  drain();
  CHECK(count("PRACK ") == kMost);
  CHECK(stack.counters().refused_limit == 1);  // The stack drops the responses after it, because they come after a gap in RSeq.
  receive(response(take("PRACK "), 200, ""));
  sent.clear();
  reliable(100 + kMost, "a");  // The peer repeats this response, because no PRACK has acknowledged it.
  CHECK(header(take("PRACK "), "RAck") == std::to_string(100 + kMost) + " 1 INVITE");
  reliable(101 + kMost, "a");
  CHECK(count("PRACK ") == 0);
  sip::CallOptions other;  // An independent second call.
  other.account = account;
  other.target = "sip:other@192.0.2.99";
  other.offer = kEarly;
  REQUIRE(stack.calls().call(other, now));
  drain();
  CHECK(!take("INVITE ").empty());
  CHECK_FALSE(event<sip::CallEnded>());
}

TEST_CASE_FIXTURE(Early, "A peer that changes the target of its early dialog again and again causes a limited number of name queries") {
  peer.transport = sip::Transport::Tcp;  // Over TCP the peer's UPDATE requests leave no transactions, whose number would limit them.
  dial();
  reliable(10, "a", "answer");
  queries.clear();
  for (unsigned i = 0; i < 1000; ++i) {
    const std::string moved = in_dialog("UPDATE", static_cast<int>(1 + i), our_tag, {}, {}, "a");
    receive(replaced(moved, "Contact: <sip:al@192.0.2.99>", "Contact: <sip:al@h" + std::to_string(i) + ".example>"));
    reliable(11 + i, "a");
  }
  CHECK(queries.size() < sip::session::kMaxPracks);  // The test has answered none of the queries.
}

TEST_CASE_FIXTURE(Early, "For a peer that changes its target again and again, the stack keeps at most kMaxOfOneCall next hops") {
  constexpr std::size_t kMost = sip::CallHops::kMaxOfOneCall;
  peer.transport = sip::Transport::Tcp;
  dial();
  reliable(10, "a", "answer");
  receive(response(take("PRACK "), 200, ""));
  const std::size_t before = stack.sizes().routes;
  for (unsigned i = 0; i < kMost; ++i) {
    const std::string host = "h" + std::to_string(i) + ".example";
    names[host] = {route(sip::Transport::Udp, address("192.0.2.98", 5060))};
    const std::string moved = in_dialog("UPDATE", static_cast<int>(1 + i), our_tag, {}, {}, "a");
    receive(replaced(moved, "Contact: <sip:al@192.0.2.99>", "Contact: <sip:al@" + host + ">"));
    reliable(11 + i, "a");
    receive(response(take("PRACK "), 200, ""));
    CHECK(stack.sizes().routes == (before + i < kMost ? before + i + 1 : before + i + 1 - kMost));
  }
  CHECK(stack.sizes().routes < kMost);
}

TEST_CASE_FIXTURE(Early, "The stack sends a PRACK to the target and along the route of the response that the PRACK acknowledges [RFC 3262 section 4]") {
  dial();
  receive(response(first, 180, "a"));  // This response has neither Contact nor Record-Route, so that requests have no target yet.
  receive(response(first, 183, "a", "answer",
                   {{"Require", "100rel"},
                    {"RSeq", "10"},
                    {"Contact", "<sip:a@192.0.2.98>"},
                    {"Record-Route", "<sip:192.0.2.97;lr>"}}));
  const std::string prack = take("PRACK ");
  CHECK(start_line(prack) == "PRACK sip:a@192.0.2.98 SIP/2.0");
  CHECK(header(prack, "Route") == "<sip:192.0.2.97;lr>");
}

TEST_CASE_FIXTURE(Early, "After a PRACK whose offer was refused, the stack accepts a PRACK without an offer [RFC 6337 section 2.3]") {
  ring_in(kSupports);
  REQUIRE(stack.calls().progress(session, kEarly, now));
  sent_reliable();
  prack(2, "new");
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.calls().refuse_offer(session, 488, now));
  drain();
  REQUIRE(!take("SIP/2.0 488").empty());
  prack(3);
  CHECK(take().starts_with("SIP/2.0 200"));
}

TEST_CASE_FIXTURE(Early, "If a PRACK with an offer crosses the agent's 2xx, the stack sends no 2xx to the PRACK without an answer to the offer [RFC 3262 section 5]") {
  ring_in(kRequires);
  REQUIRE(stack.calls().progress(session, kEarly, now));
  sent_reliable();
  prack(2);
  REQUIRE(stack.calls().ring(session, now));  // This 180 has no description, so that the 2xx does not wait for its PRACK.
  sent_reliable();
  REQUIRE(stack.calls().answer(session, kAnswer, now));
  drain();
  REQUIRE(header(take("SIP/2.0 200"), "CSeq") == "1 INVITE");
  sent.clear();
  prack(3, "new");
  const std::string at_once = take("SIP/2.0 2");
  CHECK((at_once.empty() || !body(at_once).empty()));  // After a 2xx without an answer, the peer would never get an answer to its offer.
  CHECK(event<sip::OfferReceived>());
}

TEST_CASE_FIXTURE(Early, "After a reliable answer, the agent ignores session descriptions in later responses to the INVITE [RFC 3261 section 13.2.1]") {
  dial();
  SUBCASE("the 2xx repeats the old answer after an early UPDATE") {
    update_early();
    answered("a", "answer");
    CHECK(event<sip::CallAnswered>()->body.empty());
  }
  SUBCASE("an 18x repeats the old answer after an early UPDATE") {
    update_early();
    receive(response(first, 180, "a", "answer"));
    CHECK(event<sip::CallProgress>()->body.empty());
  }
  SUBCASE("the 2xx has another answer") {
    reliable(10, "a", "answer");
    receive(response(take("PRACK "), 200, ""));
    answered("a", "another");
    CHECK(event<sip::CallAnswered>()->body.data == "answer");
  }
}

TEST_CASE_FIXTURE(Early, "A session refresh repeats the description that was agreed with this peer, not with an abandoned branch [RFC 4028 section 7.4]") {
  dial();
  update_early();
  answered("b", "answer b", {{"Require", "timer"}, {"Session-Expires", "1800;refresher=uac"}});
  REQUIRE(event<sip::CallAnswered>());
  sent.clear();
  advance(900s);
  CHECK(body(take("INVITE ")) == "offer");
}

TEST_CASE_FIXTURE(Early, "If a 2xx arrives before the answer to the peer's reliable offer, the ACK waits for this answer [RFC 3262 section 5]") {
  dial("");
  reliable(10, "a", "their offer");
  REQUIRE(event<sip::OfferReceived>());
  SUBCASE("the 2xx repeats the offer") {
    answered("a", "their offer");
  }
  SUBCASE("the 2xx has no body") {
    answered("a");
  }
  const std::string early = take("ACK ");
  CHECK(early.empty());  // An ACK now would have no answer to the offer.
  REQUIRE(stack.calls().accept_offer(session, kAnswer, now));
  drain();
  CHECK((body(take()) == "answer"));
}

TEST_CASE_FIXTURE(Early, "The stack treats a body that is not SDP neither as an answer nor as an offer [RFC 3262 section 5]") {
  SUBCASE("after the agent's offer") {
    dial();
    receive(replaced(reliable_bytes(10, "a", "please wait"), "application/sdp", "text/plain"));
    REQUIRE(!take("PRACK ").empty());
    events.clear();
    reliable(11, "a", "answer");
    CHECK(event<sip::CallProgress>()->body.data == "answer");
    answered("a");
    CHECK(event<sip::CallAnswered>()->body.data == "answer");
  }
  SUBCASE("without an offer of the agent") {
    dial("");
    receive(replaced(reliable_bytes(10, "a", "please wait"), "application/sdp", "text/plain"));
    CHECK(!take("PRACK ").empty());
    CHECK_FALSE(event<sip::OfferReceived>());
  }
}

TEST_CASE_FIXTURE(Early, "After the application refuses an UPDATE of one branch, it can accept the offer of another branch, and the stack sends the PRACK [RFC 3262 section 4]") {
  dial("");
  reliable(10, "a", "offer a");
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.calls().accept_offer(session, kAnswer, now));
  drain();
  receive(response(take("PRACK "), 200, ""));
  receive(in_dialog("UPDATE", 1, our_tag, "new a", {}, "a"));
  REQUIRE(event<sip::OfferReceived>());
  reliable(20, "b", "offer b");
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.calls().refuse_offer(session, 488, now));  // This refuses the first of the two offers.
  drain();
  REQUIRE(!take("SIP/2.0 488").empty());
  CHECK(stack.calls().accept_offer(session, kAnswer, now));
  drain();
  CHECK(header(take("PRACK "), "RAck") == "20 1 INVITE");
}

TEST_CASE_FIXTURE(Early, "The stack does not send an answer for an abandoned branch to the branch that accepted the call [RFC 3261 section 13.2.2.4]") {
  dial("");
  reliable(10, "a", "offer a");
  REQUIRE(event<sip::OfferReceived>());
  answered("b", "offer b");
  REQUIRE(event<sip::CallAnswered>()->is_offer);
  CHECK_FALSE(stack.calls().accept_offer(session, {"application/sdp", "answer to a"}, now, "a"));
  CHECK_FALSE(stack.calls().refuse_offer(session, 488, now, "a"));
  REQUIRE(stack.calls().accept_offer(session, kFine, now, "b"));
  drain();
  CHECK(body(take("ACK ")) == "fine");
}

TEST_CASE_FIXTURE(Early, "An early UPDATE with an offer while the peer's earlier offer has no answer gets 500 [RFC 3311 section 5.2]") {
  dial("");
  reliable(10, "a", "their offer");
  REQUIRE(event<sip::OfferReceived>());
  receive(in_dialog("UPDATE", 1, our_tag, "another", {}, "a"));
  CHECK(!header(take("SIP/2.0 500"), "Retry-After").empty());
}

TEST_CASE_FIXTURE(Early, "While the offer in a 2xx has no answer, an UPDATE with an offer gets 500 [RFC 3311 section 5.2]") {
  dial("");
  answered("a", "their offer");
  REQUIRE(event<sip::CallAnswered>()->is_offer);
  receive(in_dialog("UPDATE", 1, our_tag, "another", {}, "a"));
  CHECK(!header(take("SIP/2.0 500"), "Retry-After").empty());
  REQUIRE(stack.calls().accept_offer(session, kAnswer, now));
  drain();
  CHECK(body(take("ACK ")) == "answer");
}

TEST_CASE_FIXTURE(Early, "If an invalid 2xx ends the call, a pending UPDATE whose offer has no answer gets a final response [RFC 3261 section 8.2]") {
  dial();
  reliable(10, "a", "answer");
  receive(response(take("PRACK "), 200, ""));
  receive(in_dialog("UPDATE", 1, our_tag, "new", {}, "a"));
  REQUIRE(event<sip::OfferReceived>());
  receive(response(first, 200, "b", "answer", {{"Contact", "<sip:b@192.0.2.98>"}, {"Record-Route", "nonsense"}}));
  REQUIRE(event<sip::CallEnded>());
  CHECK(count("SIP/2.0 4") == 1);
  advance(std::chrono::hours(1));
  CHECK(stack.sizes().legs == 0);
  CHECK(stack.unfinished() == 0);
}
