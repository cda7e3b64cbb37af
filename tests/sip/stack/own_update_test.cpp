#include <offhook/tests/sip/stack/early_dialogs.hpp>

#include <offhook/sip/session/glare.hpp>

#include <chrono>

using namespace offhook;
using namespace offhook::sim;

namespace {

const std::string kChallenge = "Digest realm=\"pbx\", nonce=\"n\", algorithm=MD5, qop=\"auth\"";

struct Offering : EarlyDialogs {
  using EarlyDialogs::EarlyDialogs;
  std::string update(const sip::Body& offer = kNew, sip::Extras extras = {}, std::string_view tag = {}) {
    REQUIRE(stack.calls().update(session, offer, now, std::move(extras), tag));
    drain();
    return take("UPDATE ");
  }
  std::string ack(const std::string& invite) {
    receive(response(invite, 200, "", "their answer", {{"Contact", "<sip:al@192.0.2.99>"}}));
    return take("ACK ");
  }
  /// Dials. The peer sends a challenge, which shows the stack that the peer is the registrar. The stack answers challenges of the
  /// registrar only.
  void dial_challenged() {
    dial();
    record_route = "<sip:192.0.2.99;lr>";
    receive(response(first, 407, "x", {}, {{"Proxy-Authenticate", kChallenge}}));
    first = take("INVITE ");
  }
  int refused() {
    const auto told = event<sip::OfferRefused>();
    return told ? told->status : 0;
  }
};

}  // namespace

// --- in an established call

TEST_CASE_FIXTURE(Offering,
    "An UPDATE with an offer has the target, the session timer and the application's fields, and gets an answer [RFC 3311 section 5.1]") {
  talk();
  const std::string sent_update = update(kNew, {{{"X-A", "1"}}, {}});
  CHECK(start_line(sent_update) == "UPDATE sip:al@192.0.2.99 SIP/2.0");
  CHECK(body(sent_update) == "new");
  CHECK(header(sent_update, "Contact") == "<sip:bot@192.0.2.1:5060>");
  CHECK(header(sent_update, "X-A") == "1");
  CHECK(header(sent_update, "Supported").find("timer") != std::string::npos);
  receive(response(sent_update, 200, "", "their answer", {{"Contact", "<sip:al@192.0.2.77>"}}));
  CHECK(event<sip::OfferAnswered>()->answer.data == "their answer");
  CHECK(take("ACK ").empty());
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  CHECK(start_line(take("BYE ")) == "BYE sip:al@192.0.2.77 SIP/2.0");
}

TEST_CASE_FIXTURE(Offering, "If the peer's Allow does not have UPDATE, update() sends the offer in a re-INVITE [RFC 3311 section 4]") {
  SUBCASE("with an Allow") { talk({{"Allow", "INVITE, ACK, BYE"}}); }
  SUBCASE("without an Allow") { talk({}); }
  CHECK(update().empty());
  drain();
  sent.clear();
  advance(1s);
  const std::string again = take("INVITE ");
  CHECK(body(again) == "new");
  CHECK(!ack(again).empty());
  CHECK(event<sip::OfferAnswered>());
}

TEST_CASE_FIXTURE(Offering, "After 405, 501 or 504 to an UPDATE the agent sends the same offer in a re-INVITE [RFC 3311 section 5.2]") {
  int status = 0;
  SUBCASE("not allowed, although Allow has UPDATE") { status = 405; }
  SUBCASE("not implemented") { status = 501; }
  SUBCASE("the peer must ask its user") { status = 504; }
  talk();
  receive(response(update(kNew, {{{"X-A", "1"}}, {}}), status, ""));
  const std::string again = take("INVITE ");
  CHECK(body(again) == "new");
  CHECK(header(again, "X-A") == "1");
  CHECK(!ack(again).empty());
  CHECK(event<sip::OfferAnswered>());
  REQUIRE(stack.calls().update(session, kNew, now));  // A 504 applies only to the refused offer.
  drain();
  CHECK(take().starts_with(status == 504 ? "UPDATE " : "INVITE "));
}

TEST_CASE_FIXTURE(Offering, "After 491 the side that chose the Call-ID waits 2.1 to 4 s, and the other side 0 to 2 s [RFC 3261 section 14.1]") {
  bool we_called = false;
  SUBCASE("the peer called") { talk(); }
  SUBCASE("the agent called") {
    we_called = true;
    dial();
    answered("a", "answer", kUpdates);
    sent.clear();
  }
  receive(response(update(), 491, ""));
  CHECK(refused() == 0);
  advance(we_called ? 2s + 99ms : 0ms);
  CHECK(count("UPDATE ") == 0);
  advance(we_called ? 1901ms : 2s);
  CHECK(body(take("UPDATE ")) == "new");
}

TEST_CASE_FIXTURE(Offering, "After 500 the agent retries if Retry-After is at most 10 s, and reports a refusal otherwise [RFC 3311 section 5.2]") {
  talk();
  std::string wait;
  SUBCASE("at the bound") { wait = std::to_string(sip::session::Glare::kMostSeconds); }
  SUBCASE("beyond the bound") { wait = std::to_string(sip::session::Glare::kMostSeconds + 1); }
  SUBCASE("no Retry-After") {}
  receive(response(update(), 500, "", {}, wait.empty() ? Fields() : Fields{{"Retry-After", wait}}));
  if (wait != "10") {
    CHECK(refused() == 500);
    return;
  }
  advance(9999ms);
  CHECK(count("UPDATE ") == 0);
  advance(1ms);
  CHECK(count("UPDATE ") == 1);
}

TEST_CASE_FIXTURE(Offering, "The agent also retries a re-INVITE that gets 500 with Retry-After [RFC 3261 section 14.2]") {
  talk();
  REQUIRE(stack.calls().offer(session, kNew, now));
  drain();
  receive(response(take("INVITE "), 500, "", {}, {{"Retry-After", "7"}}));
  CHECK(refused() == 0);
  advance(6999ms);
  CHECK(count("INVITE ") == 0);
  advance(1ms);
  CHECK(count("INVITE ") == 1);
}

TEST_CASE_FIXTURE(Offering, "The agent retries an offer kMaxRetries times, and then reports the last refusal [RFC 3261 section 14.1]") {
  talk();
  std::string offer = update();
  for (int i = 0; i < sip::session::Glare::kMaxRetries; ++i) {
    receive(response(offer, 491, ""));
    CHECK(refused() == 0);
    advance(2s);
    offer = take("UPDATE ");
    REQUIRE(!offer.empty());
    sent.clear();
  }
  receive(response(offer, 491, ""));
  CHECK(refused() == 491);
  advance(10s);
  CHECK(count("UPDATE ") == 0);
}

TEST_CASE_FIXTURE(Offering, "After a 422 the agent retries with the interval in Min-SE. After a 488 it reports the refusal, and the call continues [RFC 4028 section 7.3]") {
  talk();
  SUBCASE("422") {
    receive(response(update(), 422, "", {}, {{"Min-SE", "7200"}}));
    const std::string again = take("UPDATE ");
    CHECK(body(again) == "new");
    CHECK(header(again, "Min-SE") == "7200");
    CHECK(header(again, "Session-Expires").starts_with("7200"));
  }
  SUBCASE("488") {
    receive(response(update(), 488, ""));
    CHECK(refused() == 488);
    CHECK(!update().empty());
  }
  CHECK(stack.calls().size() == 1);
}

TEST_CASE_FIXTURE(Offering, "The call ends if an UPDATE gets 481, 408 or no response [RFC 3261 section 12.2.1.2]") {
  talk();
  const std::string offer = update();
  SUBCASE("481") { receive(response(offer, 481, "")); }
  SUBCASE("408") { receive(response(offer, 408, "")); }
  SUBCASE("no response") { advance(33s); }
  CHECK(event<sip::CallEnded>()->why == sip::CallEnded::Why::SessionLost);
  CHECK(!take("BYE ").empty());
}

TEST_CASE_FIXTURE(Offering, "An offer of the application waits while a session refresh is pending [RFC 6337 section 4.3]") {
  talk(with(kUpdates, {{"Supported", "timer"}, {"Session-Expires", "90;refresher=uas"}}));
  advance(45s);
  const std::string refresh = take("UPDATE ");
  REQUIRE(!refresh.empty());
  REQUIRE(body(refresh).empty());
  bool reinvites = false;
  SUBCASE("by UPDATE") { REQUIRE(stack.calls().update(session, kNew, now)); }
  SUBCASE("by re-INVITE") {
    reinvites = true;
    REQUIRE(stack.calls().offer(session, kNew, now));
  }
  CHECK_FALSE(stack.calls().update(session, kNew, now));  // Only one offer may wait.
  drain();
  CHECK(count("UPDATE ") + count("INVITE ") == 0);
  receive(response(refresh, 200, "", {}, {{"Session-Expires", "90;refresher=uac"}, {"Require", "timer"}}));
  CHECK(body(take(reinvites ? "INVITE " : "UPDATE ")) == "new");
}

TEST_CASE_FIXTURE(Offering, "If the agent's offer waits after 491, it fails with 491 when the agent answers an offer of the peer [RFC 3264 section 8]") {
  talk();
  receive(response(update(), 491, ""));
  receive(in_dialog("UPDATE", 2, our_tag, "theirs"));
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.calls().accept_offer(session, kFine, now));
  drain();
  REQUIRE(body(take("SIP/2.0 200")) == "fine");
  advance(2s);
  CHECK(refused() == 491);
  CHECK(count("UPDATE ") == 0);
}

TEST_CASE_FIXTURE(Offering, "After a challenge to UPDATE, the agent sends the UPDATE again with credentials, the offer and the next CSeq [RFC 3261 section 22.2]") {
  dial_challenged();
  answered("a", "answer", with(kUpdates, {{"Record-Route", record_route}}));
  sent.clear();
  const std::string offer = update(kNew, {{{"X-A", "1"}}, {}});
  receive(response(offer, 407, "", {}, {{"Proxy-Authenticate", kChallenge}}));
  const std::string again = take("UPDATE ");
  CHECK(!header(again, "Proxy-Authorization").empty());
  CHECK(body(again) == "new");
  CHECK(header(again, "X-A") == "1");
  receive(response(again, 200, "", "their answer"));
  CHECK(event<sip::OfferAnswered>());
}

TEST_CASE_FIXTURE(Offering, "If the peer refuses a re-INVITE after an early answer, the agent offers the old session again by UPDATE [RFC 6337 section 3.4]") {
  talk(with(kSupports, kUpdates));
  REQUIRE(stack.calls().offer(session, kNew, now));
  drain();
  const std::string invite = take("INVITE ");
  receive(response(invite, 183, "", "their answer", {{"Require", "100rel"}, {"RSeq", "1"}}));
  receive(response(take("PRACK "), 200, ""));
  receive(response(invite, 488, ""));
  CHECK(refused() == 488);
  const std::string again = take("UPDATE ");
  CHECK(body(again) == "answer");
  receive(response(again, 200, "", "as before"));
  CHECK(stack.calls().size() == 1);
}

// --- before the 2xx, as the caller

TEST_CASE_FIXTURE(Offering, "After a reliable answer the agent may send a new offer by UPDATE in that early dialog [RFC 3311 section 5.1]") {
  dial();
  CHECK_FALSE(stack.calls().update(session, kNew, now));
  reliable(10, "a", "answer", kUpdates);
  const std::string prack = take("PRACK ");
  REQUIRE(stack.calls().update(session, kNew, now));  // The UPDATE waits for the PRACK: RFC 6337 section 4.3
  drain();
  CHECK(count("UPDATE ") == 0);
  receive(response(prack, 200, ""));
  const std::string offer = take("UPDATE ");
  CHECK(start_line(offer) == "UPDATE sip:a@192.0.2.98 SIP/2.0");
  CHECK(header(offer, "Session-Expires").empty());  // Before the 2xx there is no session to refresh.
  receive(response(offer, 200, "", "their answer", {{"Contact", "<sip:a@192.0.2.66>"}}));
  const auto told = event<sip::OfferAnswered>();
  REQUIRE(told);
  CHECK(told->answer.data == "their answer");
  CHECK(told->branch_tag == "a");
  answered("a", "answer");
  CHECK(event<sip::CallAnswered>()->body.empty());
}

TEST_CASE_FIXTURE(Offering, "update() fails and sends nothing if an early UPDATE is not allowed [RFC 3311 section 5.1]") {
  dial();
  SUBCASE("only unreliable answers") {
    receive(response(first, 183, "a", "answer", with(kUpdates, {{"Contact", "<sip:a@192.0.2.98>"}})));
  }
  SUBCASE("no UPDATE in Allow") { agree("a", {{"Allow", "INVITE, PRACK"}}); }
  SUBCASE("the tag of another branch") {
    agree();
    CHECK_FALSE(stack.calls().update(session, kNew, now, {}, "b"));
    return;
  }
  SUBCASE("an offer of the peer waits for its answer") {
    agree();
    receive(in_dialog("UPDATE", 1, our_tag, "theirs", {}, "a"));
  }
  SUBCASE("an offer of the agent is pending") {
    agree();
    REQUIRE(!update().empty());
  }
  CHECK_FALSE(stack.calls().update(session, kNew, now));
  CHECK_FALSE(stack.calls().offer(session, kNew, now));
  drain();
  CHECK(count("UPDATE ") == 0);
}

TEST_CASE_FIXTURE(Offering, "The agent may send offers to two branches at the same time. The offer to the branch that is abandoned fails [RFC 3311 section 5.1]") {
  dial();
  agree("a");
  agree("b");
  const std::string to_a = update(kNew, {}, "a"), to_b = update(kNew, {{{"X-B", "1"}}, {}}, "b");
  CHECK(header(to_a, "To").ends_with(";tag=a"));
  CHECK(header(to_b, "To").ends_with(";tag=b"));
  CHECK(header(to_b, "X-B") == "1");
  CHECK(header(to_a, "X-B").empty());
  answered("b");
  const auto lost = event<sip::OfferRefused>();
  REQUIRE(lost);
  CHECK(lost->branch_tag == "a");
  receive(response(to_a, 481, ""));  // A response from an abandoned branch does not affect the call.
  CHECK_FALSE(event<sip::CallEnded>());
  receive(response(to_b, 200, "", "b's answer"));
  CHECK(event<sip::OfferAnswered>()->answer.data == "b's answer");
  CHECK(!update().empty());
}

TEST_CASE_FIXTURE(Offering, "The call continues after a refused early UPDATE. The agent retries after 491, and after 500 with Retry-After [RFC 3311 section 5.3]") {
  dial();
  agree();
  const std::string offer = update();
  SUBCASE("488") {
    receive(response(offer, 488, ""));
    CHECK(refused() == 488);
  }
  SUBCASE("481: this branch is gone, but others may ring") {
    receive(response(offer, 481, ""));
    CHECK(refused() == 481);
  }
  SUBCASE("no response") {
    advance(33s);
    CHECK(refused() == 408);
  }
  SUBCASE("491") {
    receive(response(offer, 491, ""));
    advance(4s);
    CHECK(body(take("UPDATE ")) == "new");
  }
  SUBCASE("500") {
    receive(response(offer, 500, "", {}, {{"Retry-After", "9"}}));
    advance(8s);
    CHECK(count("UPDATE ") == 0);
    advance(1s);
    CHECK(count("UPDATE ") == 1);
  }
  CHECK_FALSE(event<sip::CallEnded>());
  answered("a");
  CHECK(event<sip::CallAnswered>());
}

TEST_CASE_FIXTURE(Offering, "If an early offer waits for its retry when a 2xx arrives, the agent sends it in the established call [RFC 3261 section 14.1]") {
  dial();
  agree();
  receive(response(update(), 491, ""));
  answered("a");
  REQUIRE(!take("ACK ").empty());
  advance(4s);
  const std::string again = take("UPDATE ");
  CHECK(body(again) == "new");
  CHECK(!header(again, "Supported").empty());
  receive(response(again, 200, "", "their answer"));
  CHECK(event<sip::OfferAnswered>());
}

TEST_CASE_FIXTURE(Offering, "After hang_up() during an early UPDATE, no state is left") {
  dial();
  agree();
  std::string offer = update();
  SUBCASE("the UPDATE waits for its retry") { receive(response(offer, 491, "")); }
  SUBCASE("pending") {}
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  receive(response(take("CANCEL "), 200, ""));
  receive(response(first, 487, "a"));
  advance(std::chrono::hours(1));
  CHECK(count("UPDATE ") <= 10);  // The UPDATE and its retransmissions.
  CHECK(stack.sizes().legs == 0);
  CHECK(stack.sizes().timers == 0);
}

TEST_CASE_FIXTURE(Offering, "The agent answers a challenge to an early UPDATE in the dialog of that UPDATE [RFC 3261 section 22.2]") {
  dial_challenged();
  agree();
  const std::string offer = update();
  receive(response(offer, 407, "", {}, {{"Proxy-Authenticate", kChallenge}}));
  const std::string again = take("UPDATE ");
  CHECK(header(again, "To").ends_with(";tag=a"));
  CHECK(!header(again, "Proxy-Authorization").empty());
  CHECK(body(again) == "new");
}

// --- before the 2xx, as the callee

TEST_CASE_FIXTURE(Offering, "A callee may send an offer by UPDATE when a PRACK has acknowledged its answer [RFC 3311 section 5.1]") {
  ring_in(with(kSupports, kUpdates));
  CHECK_FALSE(stack.calls().update(session, kNew, now));
  REQUIRE(stack.calls().progress(session, kEarly, now));
  sent_reliable();
  CHECK_FALSE(stack.calls().update(session, kNew, now));
  prack(2);
  sent.clear();
  const std::string offer = update();
  CHECK(start_line(offer) == "UPDATE sip:al@192.0.2.99 SIP/2.0");
  CHECK(header(offer, "Session-Expires").empty());
  CHECK_FALSE(stack.calls().update(session, kNew, now));
  receive(in_dialog("UPDATE", 3, our_tag, "theirs"));
  CHECK(take().starts_with("SIP/2.0 491"));
  receive(response(offer, 200, "", "their answer"));
  CHECK(event<sip::OfferAnswered>()->answer.data == "their answer");
  REQUIRE(stack.calls().answer(session, kAnswer, now));
  drain();
  CHECK(body(take("SIP/2.0 200")).empty());
}

TEST_CASE_FIXTURE(Offering, "A callee's update() fails without UPDATE in Allow, and while an offer of the peer waits [RFC 3311 section 5.1]") {
  SUBCASE("no UPDATE in Allow") { agree_as_called(kSupports); }
  SUBCASE("an offer of the peer waits") {
    agree_as_called();
    receive(in_dialog("UPDATE", 3, our_tag, "theirs"));
    REQUIRE(event<sip::OfferReceived>());
  }
  CHECK_FALSE(stack.calls().update(session, kNew, now));
}

TEST_CASE_FIXTURE(Offering, "After the 2xx to INVITE, the answer to an earlier UPDATE still counts, and the session timer runs [RFC 3311 section 5.1]") {
  agree_as_called(with(with(kSupports, kUpdates), {{"Session-Expires", "90;refresher=uas"}}));
  const std::string offer = update();
  REQUIRE(stack.calls().answer(session, kAnswer, now));
  drain();
  REQUIRE(!take("SIP/2.0 200").empty());
  SUBCASE("before the ACK") {
    receive(response(offer, 200, "", "their answer"));
    receive(in_dialog("ACK", 1, our_tag));
  }
  SUBCASE("after the ACK") {
    receive(in_dialog("ACK", 1, our_tag));
    receive(response(offer, 200, "", "their answer"));
  }
  SUBCASE("after a 491") {
    receive(response(offer, 491, ""));
    advance(100ms);
    receive(in_dialog("ACK", 1, our_tag));
    advance(2s);
    receive(response(take("UPDATE "), 200, "", "their answer", {{"Session-Expires", "90;refresher=uac"}}));
  }
  CHECK(event<sip::OfferAnswered>()->answer.data == "their answer");
  sent.clear();
  advance(46s);
  CHECK(body(take("UPDATE ")).empty());  // This is the refresh at half of the interval.
}

TEST_CASE_FIXTURE(Offering,
    "After 481 or no response to its early UPDATE the callee refuses the call, because BYE is not possible yet [RFC 3261 section 12.2.1.2]") {
  agree_as_called();
  const std::string offer = update();
  SUBCASE("481") { receive(response(offer, 481, "")); }
  SUBCASE("no response") { advance(33s); }
  CHECK(!take("SIP/2.0 504").empty());
  CHECK(count("BYE ") == 0);
  CHECK(event<sip::CallEnded>()->why == sip::CallEnded::Why::SessionLost);
  receive(in_dialog("ACK", 1, our_tag));
  advance(std::chrono::hours(1));
  CHECK(stack.sizes().legs == 0);
}

TEST_CASE_FIXTURE(Offering,
    "After a 491 the callee holds its offer back while the peer's offer waits, and drops it when that is accepted [RFC 3311 section 5.1]") {
  agree_as_called();
  receive(response(update(), 491, ""));
  receive(in_dialog("UPDATE", 3, our_tag, "theirs"));
  REQUIRE(event<sip::OfferReceived>());
  advance(5s);
  CHECK(count("UPDATE ") == 0);
  SUBCASE("accepted") {
    REQUIRE(stack.calls().accept_offer(session, kFine, now));
    advance(5s);
    CHECK(count("UPDATE ") == 0);
    CHECK(refused() == 491);
  }
  SUBCASE("refused") {
    REQUIRE(stack.calls().refuse_offer(session, 488, now));
    advance(1ms);
    CHECK(count("UPDATE ") == 1);
  }
}

TEST_CASE_FIXTURE(Offering, "The stack reports a 405 to an early UPDATE of the callee, because no other method can carry the offer [RFC 6337 section 3.2]") {
  agree_as_called();
  receive(response(update(), 405, ""));
  CHECK(refused() == 405);
  CHECK_FALSE(stack.calls().update(session, kNew, now));
  CHECK(count("INVITE ") == 0);
}
