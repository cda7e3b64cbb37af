#include <offhook/tests/sim/scripted.hpp>

#include <doctest/doctest.h>

#include <algorithm>

// What a review of session timers, reliable provisional responses and early offers found. Each case fails until its fault is
// mended, and then stays as its test.

using namespace offhook;
using namespace offhook::sim;
using Use = sip::SessionTimerOptions::Use;

namespace {

const Fields kSupports{{"Supported", "100rel, timer"}};
const Fields kRequires{{"Require", "100rel"}};
const sip::Body kEarly{"application/sdp", "early"}, kAnswer{"application/sdp", "answer"}, kFine{"application/sdp", "fine"};
const Fields kContactA{{"Contact", "<sip:a@192.0.2.98>"}};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

struct Reviewed : Scripted {
  sip::AccountId account;
  sip::SessionId session;
  std::string first, our_tag, rseq, ok;

  void open(sip::SessionTimerOptions timer = {}) {
    sip::AccountOptions options;
    options.address_of_record = "sip:bot@192.0.2.1";
    options.registrar = "sip:192.0.2.99";
    options.registers = false;
    options.session_timer = timer;
    account = stack.add_account(options, now);
  }

  // --- we call
  void dial(const std::string& offer = "offer", sip::SessionTimerOptions timer = {}) {
    open(timer);
    sip::CallOptions call;
    call.account = account;
    call.target = "sip:desk@192.0.2.99";
    if (!offer.empty()) call.offer = {"application/sdp", offer};
    const auto made = stack.call(call, now);
    REQUIRE(made);
    session = *made;
    drain();
    first = take("INVITE ");
    call_id = header(first, "Call-ID");
    our_tag = tag_of(header(first, "From"));
  }
  std::string reliable_bytes(unsigned number, const std::string& tag, const std::string& content = {}) const {
    return response(first, 183, tag, content,
                    {{"Require", "100rel"}, {"RSeq", std::to_string(number)}, {"Contact", "<sip:" + tag + "@192.0.2.98>"}});
  }
  void reliable(unsigned number, const std::string& tag, const std::string& content = {}) {
    receive(reliable_bytes(number, tag, content));
  }
  void answered(const std::string& tag, const std::string& content = {}, Fields extra = {}) {
    extra.emplace_back("Contact", "<sip:" + tag + "@192.0.2.98>");
    receive(response(first, 200, tag, content, std::move(extra)));
  }
  /// Offer and answer are exchanged in the early dialog `a`, and then anew by their UPDATE.
  void update_early() {
    reliable(10, "a", "answer");
    receive(response(take("PRACK "), 200, ""));
    receive(in_dialog("UPDATE", 1, our_tag, "new", {}, "a"));
    REQUIRE(event<sip::OfferReceived>());
    REQUIRE(stack.accept_offer(session, kFine, now));
    drain();
    REQUIRE(body(take("SIP/2.0 200")) == "fine");
    events.clear();
  }

  // --- they call
  void ring_in(const Fields& extra, const std::string& content = "offer") {
    receive(invite(content, extra));
    const auto call = event<sip::IncomingCall>();
    REQUIRE(call);
    session = call->session;
    sent.clear();
  }
  void called(const Fields& extra) {
    ring_in(extra);
    REQUIRE(stack.answer(session, kAnswer, now));
    drain();
    ok = take("SIP/2.0 200");
    our_tag = tag_of(header(ok, "To"));
    receive(in_dialog("ACK", 1, our_tag));
    REQUIRE(event<sip::CallConfirmed>());
    sent.clear();
  }
  void expect_reliable() {
    drain();
    const std::string one = take("SIP/2.0 18");
    rseq = header(one, "RSeq");
    REQUIRE(!rseq.empty());
    our_tag = tag_of(header(one, "To"));
  }
  void prack(int cseq, const std::string& content = {}) {
    receive(in_dialog("PRACK", cseq, our_tag, content, {{"RAck", rseq + " 1 INVITE"}}));
  }
};

const Fields kWeRefresh{{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uas"}, {"Allow", "INVITE, ACK, BYE, UPDATE"}};

}  // namespace

// --- 1
TEST_CASE_FIXTURE(Reviewed,
                  "Review 1: one callee's reliable responses do not use up the transactions of all [RFC 3262 section 4]") {
  dial();
  for (unsigned i = 0; i < 9000; ++i) {  // None of our PRACKs is answered. Not by receive(): its checks are dear here.
    const std::string bytes = reliable_bytes(100 + i, "a");
    stack.receive(peer, base::Bytes(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), now);
    if (i % 500 == 0) {
      while (stack.poll_event()) {}
    }
  }
  std::size_t pracks = 0;
  while (const auto out = stack.poll_transmit()) pracks += out->bytes.starts_with("PRACK ") ? 1 : 0;
  CHECK(pracks <= 128);  // As ServerRequests::kMaxOfOneCall bounds the other direction.
  while (stack.poll_event()) {}
  sip::CallOptions other;  // Somebody else's call.
  other.account = account;
  other.target = "sip:other@192.0.2.99";
  other.offer = kEarly;
  REQUIRE(stack.call(other, now));
  drain();
  CHECK(!take("INVITE ").empty());
  CHECK_FALSE(event<sip::CallEnded>());
}

// --- 2
TEST_CASE_FIXTURE(Reviewed, "Review 2: a 405 to our refresh after the timer was turned off arms nothing [RFC 4028 section 7.2]") {
  open();
  called(kWeRefresh);
  advance(900s);
  const std::string refresh = take("UPDATE ");
  REQUIRE(!refresh.empty());
  receive(in_dialog("UPDATE", 2, our_tag));  // Without Session-Expires: there is no session expiration any more.
  REQUIRE(header(take("SIP/2.0 200"), "Session-Expires").empty());
  receive(in_dialog("INVITE", 3, our_tag, "offer"));
  REQUIRE(event<sip::OfferReceived>());  // The phone takes its time.
  const std::string refused = response(refresh, 405, "");
  stack.receive(peer, base::Bytes(reinterpret_cast<const std::uint8_t*>(refused.data()), refused.size()), now);
  CHECK(stack.is_consistent());
}

TEST_CASE_FIXTURE(Reviewed, "Review 2b: nor is anything due in the past, over and over [RFC 4028 section 7.2]") {
  open();
  called({{"Supported", "timer"}, {"Session-Expires", "90;refresher=uas"}, {"Allow", "INVITE, ACK, BYE, UPDATE"}});
  advance(45s);
  const std::string refresh = take("UPDATE ");
  REQUIRE(!refresh.empty());
  receive(in_dialog("UPDATE", 2, our_tag));
  REQUIRE(!take("SIP/2.0 200").empty());
  advance(4s);
  receive(in_dialog("INVITE", 3, our_tag, "offer"));
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.accept_offer(session, kAnswer, now));  // At once, as the phone does; their ACK does not come.
  drain();
  advance(21s);
  const std::string refused = response(refresh, 405, "");
  stack.receive(peer, base::Bytes(reinterpret_cast<const std::uint8_t*>(refused.data()), refused.size()), now);
  REQUIRE(stack.next_deadline());
  REQUIRE(*stack.next_deadline() > now);  // Else handle_timeout() does not return.
  stack.handle_timeout(now);
}

// --- 3
TEST_CASE_FIXTURE(Reviewed,
                  "Review 3: an UPDATE that waits for the phone is answered when a 2xx ends the call [RFC 3261 section 8.2]") {
  dial();
  reliable(10, "a", "answer");
  receive(response(take("PRACK "), 200, ""));
  receive(in_dialog("UPDATE", 1, our_tag, "new", {}, "a"));
  REQUIRE(event<sip::OfferReceived>());
  receive(response(first, 200, "b", "answer", {{"Contact", "<sip:b@192.0.2.98>"}, {"Record-Route", "nonsense"}}));
  REQUIRE(event<sip::CallEnded>());
  CHECK(count("SIP/2.0 4") == 1);
  advance(std::chrono::hours(1));
  CHECK(stack.legs() == 0);
  CHECK(stack.unfinished() == 0);
}

// --- 4
TEST_CASE_FIXTURE(Reviewed, "Review 4: once answered reliably, no other session description counts [RFC 3261 section 13.2.1]") {
  dial();
  SUBCASE("the 2xx repeats the old answer after an early UPDATE") {
    update_early();
    answered("a", "answer");
    CHECK(event<sip::CallAnswered>()->body.empty());
  }
  SUBCASE("an 18x repeats it") {
    update_early();
    receive(response(first, 180, "a", "answer"));
    CHECK(event<sip::CallProgress>()->body.empty());
  }
  SUBCASE("the 2xx brings another") {
    reliable(10, "a", "answer");
    receive(response(take("PRACK "), 200, ""));
    answered("a", "another");
    CHECK(event<sip::CallAnswered>()->body.data == "answer");
  }
}

// --- 5
TEST_CASE_FIXTURE(Reviewed, "Review 5: an offer in a PRACK that crosses our 2xx gets its answer [RFC 3262 section 5]") {
  ring_in(kRequires);
  REQUIRE(stack.progress(session, kEarly, now));
  expect_reliable();
  prack(2);
  REQUIRE(stack.ring(session, now));  // Describes nothing: the 2xx does not wait for its PRACK.
  expect_reliable();
  REQUIRE(stack.answer(session, kAnswer, now));
  drain();
  REQUIRE(header(take("SIP/2.0 200"), "CSeq") == "1 INVITE");
  sent.clear();
  prack(3, "new");
  const std::string at_once = take("SIP/2.0 2");
  CHECK((at_once.empty() || !body(at_once).empty()));  // A 2xx to an offer without an answer leaves the peer waiting.
  CHECK(event<sip::OfferReceived>());
}

// --- 6
TEST_CASE_FIXTURE(Reviewed,
                  "Review 6: a timer for our own sake outlives what the peer asks for meanwhile [RFC 4028 section 7.2]") {
  dial("offer", {Use::Ask, 600s, 90s});
  answered("a", "answer");  // Knows no session timers.
  REQUIRE(event<sip::CallAnswered>());
  receive(in_dialog("INVITE", 1, our_tag, "hold", {}, "a"));
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.accept_offer(session, kFine, now));
  drain();
  receive(in_dialog("ACK", 1, our_tag, {}, {}, "a"));
  sent.clear();
  advance(std::chrono::hours(10));  // They are gone for good.
  CHECK(event<sip::CallEnded>());
  CHECK(stack.legs() == 0);
}

// --- 7
TEST_CASE_FIXTURE(Reviewed, "Review 7: a refresh that could not even be sent is no sign of life [RFC 4028 section 10]") {
  dial("offer", {Use::Ask, 600s, 90s});
  answered("a", "answer");
  REQUIRE(event<sip::CallAnswered>());
  sent.clear();
  for (int i = 0; i < 100; ++i) {
    advance(60s);
    if (take("INVITE ").empty()) continue;
    stack.on_flow_failed(last_flow, now);
    drain();
  }
  CHECK(event<sip::CallEnded>());
}

// --- 8
TEST_CASE_FIXTURE(Reviewed, "Review 8: a description that we refused is not what the peer said last [RFC 3261 section 14.2]") {
  open();
  called({{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uas"}, {"Allow", "INVITE, ACK, BYE"}});
  receive(in_dialog("INVITE", 2, our_tag, "moved"));
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.refuse_offer(session, 488, now));
  drain();
  take("SIP/2.0 488");
  events.clear();
  sent.clear();
  advance(900s);
  const std::string refresh = take("INVITE ");
  REQUIRE(!refresh.empty());
  receive(response(refresh, 200, "", "moved"));  // Other than "offer", which stood.
  const auto changed = event<sip::OfferAnswered>();
  REQUIRE(changed);
  CHECK(changed->answer.data == "moved");
}

// --- 9
TEST_CASE_FIXTURE(Reviewed,
                  "Review 9: a refresh repeats what was said to this peer, not to a branch that lost [RFC 4028 section 7.4]") {
  dial();
  update_early();
  answered("b", "answer b", {{"Require", "timer"}, {"Session-Expires", "1800;refresher=uac"}});
  REQUIRE(event<sip::CallAnswered>());
  sent.clear();
  advance(900s);
  CHECK(body(take("INVITE ")) == "offer");
}

// --- 10
TEST_CASE_FIXTURE(Reviewed,
                  "Review 10: an offer whose PRACK we still owe is not agreed on when a 2xx comes [RFC 3262 section 5]") {
  dial("");
  reliable(10, "a", "their offer");
  REQUIRE(event<sip::OfferReceived>());
  SUBCASE("the 2xx says it again") {
    answered("a", "their offer");
  }
  SUBCASE("the 2xx says nothing") {
    answered("a");
  }
  const std::string early = take("ACK ");
  CHECK(early.empty());  // It would say that there is no answer.
  REQUIRE(stack.accept_offer(session, kAnswer, now));
  drain();
  CHECK((body(take()) == "answer"));
}

// --- 11
TEST_CASE_FIXTURE(Reviewed, "Review 11: a body of another kind is no answer, and no offer [RFC 3262 section 5]") {
  SUBCASE("to our offer") {
    dial();
    receive(replaced(reliable_bytes(10, "a", "please wait"), "application/sdp", "text/plain"));
    REQUIRE(!take("PRACK ").empty());
    events.clear();
    reliable(11, "a", "answer");
    CHECK(event<sip::CallProgress>()->body.data == "answer");
    answered("a");
    CHECK(event<sip::CallAnswered>()->body.data == "answer");
  }
  SUBCASE("to none of ours") {
    dial("");
    receive(replaced(reliable_bytes(10, "a", "please wait"), "application/sdp", "text/plain"));
    CHECK(!take("PRACK ").empty());
    CHECK_FALSE(event<sip::OfferReceived>());
  }
}

// --- 12
TEST_CASE_FIXTURE(Reviewed,
                  "Review 12: PRACK takes the target and the route of the response that wants it [RFC 3262 section 4]") {
  dial();
  receive(response(first, 180, "a"));  // Neither Contact nor Record-Route: nothing that requests could be sent by.
  receive(response(first, 183, "a", "answer",
                   {{"Require", "100rel"},
                    {"RSeq", "10"},
                    {"Contact", "<sip:a@192.0.2.98>"},
                    {"Record-Route", "<sip:192.0.2.97;lr>"}}));
  const std::string prack = take("PRACK ");
  CHECK(start_line(prack) == "PRACK sip:a@192.0.2.98 SIP/2.0");
  CHECK(header(prack, "Route") == "<sip:192.0.2.97;lr>");
}

// --- 13
TEST_CASE_FIXTURE(Reviewed, "Review 13: a PRACK whose offer was refused may come again without one [RFC 3262 section 3]") {
  ring_in(kSupports);
  REQUIRE(stack.progress(session, kEarly, now));
  expect_reliable();
  prack(2, "new");
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.refuse_offer(session, 488, now));
  drain();
  REQUIRE(!take("SIP/2.0 488").empty());
  prack(3);
  CHECK(take().starts_with("SIP/2.0 200"));
}

// --- 14
TEST_CASE_FIXTURE(Reviewed, "Review 14: refusing one branch's UPDATE does not silence another's PRACK [RFC 3262 section 4]") {
  dial("");
  reliable(10, "a", "offer a");
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.accept_offer(session, kAnswer, now));
  drain();
  receive(response(take("PRACK "), 200, ""));
  receive(in_dialog("UPDATE", 1, our_tag, "new a", {}, "a"));
  REQUIRE(event<sip::OfferReceived>());
  reliable(20, "b", "offer b");
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.refuse_offer(session, 488, now));  // The first of the two.
  drain();
  REQUIRE(!take("SIP/2.0 488").empty());
  CHECK(stack.accept_offer(session, kAnswer, now));
  drain();
  CHECK(header(take("PRACK "), "RAck") == "20 1 INVITE");
}

// --- 15
TEST_CASE_FIXTURE(Reviewed,
                  "Review 15: an early UPDATE with an offer while theirs has no answer gets 500 [RFC 3311 section 5.2]") {
  dial("");
  reliable(10, "a", "their offer");
  REQUIRE(event<sip::OfferReceived>());
  receive(in_dialog("UPDATE", 1, our_tag, "another", {}, "a"));
  CHECK(!header(take("SIP/2.0 500"), "Retry-After").empty());
}

// --- 16
TEST_CASE_FIXTURE(Reviewed, "Review 16: before any BYE of ours goes the ACK that is owed [RFC 3261 section 13.2.2.4]") {
  dial("");
  answered("a", "their offer", {{"Require", "timer"}, {"Session-Expires", "90;refresher=uas"}});
  REQUIRE(event<sip::CallAnswered>());  // The phone has no answer yet.
  advance(89s);
  REQUIRE(event<sip::CallEnded>());
  CHECK(!take("ACK ").empty());
  CHECK(!take("BYE ").empty());
}

// --- 17
TEST_CASE_FIXTURE(Reviewed,
                  "Review 17: a re-INVITE that gets nothing but provisional responses ends some time [RFC 3261 section 14.1]") {
  dial();
  answered("a", "answer");
  REQUIRE(event<sip::CallAnswered>());
  REQUIRE(stack.offer(session, kFine, now));
  drain();
  const std::string offered = take("INVITE ");
  receive(response(offered, 180, ""));
  advance(std::chrono::hours(1));
  CHECK(event<sip::OfferRefused>());
  receive(in_dialog("INVITE", 1, our_tag, "theirs", {}, "a"));
  CHECK(take("SIP/2.0 491").empty());  // Else neither side can ever change the media again.
}

// --- 18
TEST_CASE_FIXTURE(Reviewed,
                  "Review 18: a repeated 2xx answers the offer that it came for, and no later one [RFC 3261 section 13.2.2.4]") {
  names["new.example"] = {route(sip::Transport::Udp, address("192.0.2.98", 5060))};
  dial();
  answered("a", "answer");
  REQUIRE(event<sip::CallAnswered>());
  sent.clear();
  REQUIRE(stack.offer(session, kFine, now));
  drain();
  const std::string second = take("INVITE ");
  answers_queries = false;  // The name of their new Contact is slow to look up.
  const std::string said = response(second, 200, "", "first answer", {{"Contact", "<sip:a@new.example>"}});
  receive(said);
  REQUIRE(event<sip::OfferAnswered>()->answer.data == "first answer");
  REQUIRE(take("ACK ").empty());
  REQUIRE(stack.offer(session, kEarly, now));
  advance(500ms);
  receive(said);  // Again, since there was no ACK.
  CHECK_FALSE(event<sip::OfferAnswered>());
}

// --- 19
TEST_CASE_FIXTURE(Reviewed, "Review 19: a re-INVITE that is challenged after our BYE does not go again [RFC 3261 section 15]") {
  const Fields challenge{{"Proxy-Authenticate", "Digest realm=\"pbx\", nonce=\"n\", algorithm=MD5, qop=\"auth\""}};
  sip::AccountOptions options;
  options.address_of_record = "sip:bot@192.0.2.1";
  options.registrar = "sip:192.0.2.99";
  options.username = "bot";
  options.password = "secret";
  options.registers = false;
  sip::CallOptions call;
  call.account = stack.add_account(options, now);
  call.target = "sip:desk@192.0.2.99";
  call.offer = kEarly;
  session = *stack.call(call, now);
  drain();
  receive(response(take("INVITE "), 407, "x", {}, challenge));
  receive(response(take("INVITE "), 200, "a", "answer", {{"Contact", "<sip:a@192.0.2.99>"}}));
  REQUIRE(event<sip::CallAnswered>());
  REQUIRE(stack.offer(session, kFine, now));
  drain();
  const std::string offered = take("INVITE ");
  REQUIRE(!offered.empty());
  REQUIRE(stack.hang_up(session, now));
  drain();
  REQUIRE(!take("BYE ").empty());
  receive(response(offered, 407, "", {}, challenge));
  CHECK(take("INVITE ").empty());
}

// --- 20
TEST_CASE_FIXTURE(Reviewed,
                  "Review 20: a peer that moves its early target each time does not make us look up names without end") {
  peer.transport = sip::Transport::Tcp;  // Where its UPDATEs leave nothing behind that would bound them.
  dial();
  reliable(10, "a", "answer");
  queries.clear();
  for (unsigned i = 0; i < 1000; ++i) {
    const std::string moved = in_dialog("UPDATE", static_cast<int>(1 + i), our_tag, {}, {}, "a");
    receive(replaced(moved, "Contact: <sip:al@192.0.2.99>", "Contact: <sip:al@h" + std::to_string(i) + ".example>"));
    reliable(11 + i, "a");
  }
  CHECK(queries.size() <= 128);
}

// --- 21
TEST_CASE_FIXTURE(
    Reviewed, "Review 21: an offer of ours that waits after 491 is not older than our answer meanwhile [RFC 3264 section 8]") {
  dial();
  answered("a", "answer");
  REQUIRE(event<sip::CallAnswered>());
  REQUIRE(stack.offer(session, {"application/sdp", "version 2"}, now));
  drain();
  receive(response(take("INVITE "), 491, ""));
  receive(in_dialog("INVITE", 1, our_tag, "theirs", {}, "a"));
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.accept_offer(session, {"application/sdp", "version 3"}, now));
  drain();
  receive(in_dialog("ACK", 1, our_tag, {}, {}, "a"));
  sent.clear();
  advance(5s);
  CHECK(body(take("INVITE ")) != "version 2");
}
