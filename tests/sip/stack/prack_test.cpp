#include <offhook/tests/sim/scripted.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

namespace {

const Fields kSupports{{"Supported", "100rel, timer"}};
const Fields kRequires{{"Require", "100rel"}};
const sip::Body kEarly{"application/sdp", "early"}, kAnswer{"application/sdp", "answer"};

struct Called : Scripted {
  sip::SessionId session;
  std::string our_tag, rseq;

  void ring_in(const Fields& extra, const std::string& content = "offer") {
    receive(invite(content, extra));
    const auto call = event<sip::IncomingCall>();
    REQUIRE(call);
    session = call->session;
    sent.clear();
  }
  /// The reliable provisional response that was sent last.
  std::string reliable(const std::string& status = "SIP/2.0 18") {
    drain();
    const std::string response = take(status);
    REQUIRE(!response.empty());
    CHECK(header(response, "Require") == "100rel");
    rseq = header(response, "RSeq");
    REQUIRE(!rseq.empty());
    our_tag = tag_of(header(response, "To"));
    return response;
  }
  void prack(int cseq, const std::string& content = {}, std::string rack = {}) {
    if (rack.empty()) rack = rseq + " 1 INVITE";
    receive(in_dialog("PRACK", cseq, our_tag, content, {{"RAck", rack}}));
  }
};

struct Caller : Scripted {
  sip::SessionId session;
  std::string first;

  void dial(const std::string& offer = "offer") {
    sip::AccountOptions options;
    options.address_of_record = "sip:bot@192.0.2.1";
    options.registrar = "sip:192.0.2.99";
    options.username = "bot";
    options.password = "secret";
    options.registers = false;
    sip::CallOptions call;
    call.account = stack.add_account(options, now);
    call.target = "sip:desk@192.0.2.99";
    if (!offer.empty()) call.offer = {"application/sdp", offer};
    const auto made = stack.call(call, now);
    REQUIRE(made);
    session = *made;
    drain();
    first = take("INVITE ");
    call_id = header(first, "Call-ID");
  }
  std::string route = "<sip:192.0.2.97;lr>";
  void reliable(unsigned rseq, const std::string& tag, const std::string& content = {}) {
    receive(response(first, 183, tag, content,
                     {{"Require", "100rel"},
                      {"RSeq", std::to_string(rseq)},
                      {"Contact", "<sip:" + tag + "@192.0.2.98>"},
                      {"Record-Route", route}}));
  }
};

}  // namespace

// --- as the calling side ---------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Caller, "A reliable 183 is acknowledged within its early dialog, along its route [RFC 3262 section 4]") {
  dial();
  CHECK(header(first, "Supported").starts_with("100rel, timer"));
  CHECK(header(first, "Allow").find("PRACK") != std::string::npos);
  reliable(4711, "a", "answer");
  const std::string prack = take("PRACK ");
  CHECK(start_line(prack) == "PRACK sip:a@192.0.2.98 SIP/2.0");
  CHECK(header(prack, "RAck") == "4711 1 INVITE");
  CHECK(header(prack, "CSeq") == "2 PRACK");
  CHECK(header(prack, "Route") == "<sip:192.0.2.97;lr>");
  CHECK(header(prack, "To").ends_with(";tag=a"));
  CHECK(last_flow.remote == address("192.0.2.97", 5060));
  CHECK(body(prack).empty());
  const auto progress = event<sip::CallProgress>();
  REQUIRE(progress);
  CHECK(progress->body.data == "answer");
  receive(response(prack, 200, ""));
  // The 200 need not say it again: RFC 6337 section 2.2.
  receive(response(first, 200, "a", {}, {{"Contact", "<sip:a@192.0.2.98>"}, {"Record-Route", "<sip:192.0.2.97;lr>"}}));
  CHECK(header(take("ACK "), "CSeq") == "1 ACK");
  CHECK(event<sip::CallAnswered>()->body.data == "answer");
  REQUIRE(stack.hang_up(session, now));
  drain();
  CHECK(header(take("BYE "), "CSeq") == "3 BYE");
}

TEST_CASE_FIXTURE(Caller, "Repeats and gaps are neither acknowledged nor told; the next in order is [RFC 3262 section 4]") {
  dial();
  reliable(10, "a");
  CHECK(!take("PRACK ").empty());
  CHECK(event<sip::CallProgress>());
  sent.clear();
  reliable(10, "a");
  reliable(12, "a");
  reliable(9, "a");
  CHECK(sent.empty());
  CHECK(events.empty());
  reliable(11, "a");
  CHECK(header(take("PRACK "), "RAck") == "11 1 INVITE");
  CHECK(event<sip::CallProgress>());
}

TEST_CASE_FIXTURE(Caller, "RSeq ends at 2^32 - 1 and does not wrap [RFC 3262 section 3]") {
  dial();
  reliable(4294967295U, "a");
  CHECK(header(take("PRACK "), "RAck") == "4294967295 1 INVITE");
  sent.clear();
  reliable(0, "a");  // No number at all: an ordinary provisional response.
  CHECK(sent.empty());
}

TEST_CASE_FIXTURE(Caller, "A 100 that requires 100rel, and an 18x without RSeq, are ordinary ones [RFC 3262 section 4]") {
  dial();
  receive(response(first, 100, "a", {}, {{"Require", "100rel"}, {"RSeq", "1"}}));
  receive(response(first, 180, "a", {}, {{"Require", "100rel"}}));
  CHECK(sent.empty());
  CHECK(event<sip::CallProgress>());
}

TEST_CASE_FIXTURE(Caller,
                  "Each branch of a fork counts for itself; the one that lost is hung up after its PRACKs [RFC 3262 section 4]") {
  dial();
  reliable(10, "a", "answer a");
  reliable(500, "b", "answer b");
  reliable(11, "a");
  CHECK(header(take("PRACK "), "RAck") == "10 1 INVITE");
  CHECK(header(take("PRACK "), "RAck") == "500 1 INVITE");
  const std::string third = take("PRACK ");
  CHECK(header(third, "RAck") == "11 1 INVITE");
  CHECK(header(third, "CSeq") == "3 PRACK");
  receive(response(first, 200, "b", {}, {{"Contact", "<sip:b@192.0.2.98>"}}));
  CHECK(event<sip::CallAnswered>()->body.data == "answer b");
  sent.clear();
  receive(response(first, 200, "a", {}, {{"Contact", "<sip:a@192.0.2.98>"}}));
  CHECK(!take("ACK ").empty());
  CHECK(header(take("BYE "), "CSeq") == "4 BYE");
}

TEST_CASE_FIXTURE(Caller, "An offer in a reliable 183 is answered in PRACK [RFC 3262 section 5]") {
  dial("");
  reliable(10, "a", "their offer");
  CHECK(take("PRACK ").empty());
  const auto offered = event<sip::OfferReceived>();
  REQUIRE(offered);
  CHECK(offered->offer.data == "their offer");
  SUBCASE("accepted") {
    REQUIRE(stack.accept_offer(session, kAnswer, now));
    drain();
    const std::string prack = take("PRACK ");
    CHECK(header(prack, "RAck") == "10 1 INVITE");
    CHECK(body(prack) == "answer");
    receive(response(first, 200, "a", {}, {{"Contact", "<sip:a@192.0.2.98>"}}));
    CHECK(body(take("ACK ")).empty());
    const auto answered = event<sip::CallAnswered>();
    REQUIRE(answered);
    CHECK(answered->body.empty());
    CHECK_FALSE(answered->is_offer);  // The PRACK has answered it.
    CHECK_FALSE(stack.accept_offer(session, kAnswer, now));
  }
  SUBCASE("refused, which PRACK cannot say") {
    REQUIRE(stack.refuse_offer(session, 488, now));
    drain();
    CHECK(!take("CANCEL ").empty());
  }
}

TEST_CASE_FIXTURE(Caller, "A challenged PRACK goes again with credentials and the next CSeq [RFC 3262 section 4]") {
  dial();
  const std::string challenge = "Digest realm=\"pbx\", nonce=\"n\", algorithm=MD5, qop=\"auth\"";
  receive(response(first, 407, "x", {}, {{"Proxy-Authenticate", challenge}}));
  first = take("INVITE ");
  CHECK(header(first, "CSeq") == "2 INVITE");
  route = "<sip:192.0.2.99;lr>";  // Only the registrar's challenges are answered.
  reliable(10, "a", "answer");
  const std::string prack = take("PRACK ");
  CHECK(header(prack, "RAck") == "10 2 INVITE");
  CHECK(header(prack, "CSeq") == "3 PRACK");
  receive(response(prack, 407, "", {}, {{"Proxy-Authenticate", challenge}}));
  const std::string again = take("PRACK ");
  CHECK(header(again, "CSeq") == "4 PRACK");
  CHECK(header(again, "RAck") == "10 2 INVITE");
  CHECK(header(again, "Route") == route);
  CHECK(!header(again, "Proxy-Authorization").empty());
}

TEST_CASE_FIXTURE(Caller, "Once offer and answer are exchanged, an early UPDATE may offer anew [RFC 3311 section 5.2]") {
  dial();
  const std::string our_tag = tag_of(header(first, "From"));
  reliable(10, "a", "answer");
  sent.clear();
  receive(in_dialog("UPDATE", 1, our_tag, "new", {}, "a"));
  CHECK(sent.empty());
  REQUIRE(event<sip::OfferReceived>());
  receive(in_dialog("UPDATE", 2, our_tag, "newer", {}, "a"));
  CHECK(header(take("SIP/2.0 500"), "Retry-After").size() > 0);
  SUBCASE("accepted") {
    REQUIRE(stack.accept_offer(session, {"application/sdp", "fine"}, now));
    drain();
    CHECK(body(take("SIP/2.0 200")) == "fine");
    receive(response(first, 200, "a", {}, {{"Contact", "<sip:a@192.0.2.98>"}}));
    CHECK(event<sip::CallAnswered>()->body.empty());  // Newer was agreed on since.
  }
  SUBCASE("refused") {
    REQUIRE(stack.refuse_offer(session, 488, now));
    drain();
    CHECK(!take("SIP/2.0 488").empty());
  }
  SUBCASE("hung up") {
    REQUIRE(stack.hang_up(session, now));
    drain();
    CHECK(!take("SIP/2.0 487").empty());
    CHECK(!take("CANCEL ").empty());
  }
  SUBCASE("answered meanwhile") {
    receive(response(first, 200, "a", {}, {{"Contact", "<sip:a@192.0.2.98>"}}));
    CHECK(!take("SIP/2.0 491").empty());
    CHECK(event<sip::CallAnswered>()->body.data == "answer");
  }
}

TEST_CASE_FIXTURE(Caller, "A PRACK that nobody answers changes nothing, and leaves nothing behind") {
  dial();
  reliable(10, "a", "answer");
  advance(40s);
  CHECK_FALSE(event<sip::CallEnded>());
  receive(response(first, 486, "a"));
  CHECK(event<sip::CallEnded>()->status == 486);
  advance(66s);
  CHECK(stack.sessions() == 0);
  CHECK(stack.legs() == 0);
  CHECK_FALSE(stack.next_deadline());
}

// --- as the called side ----------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Called, "Early media goes reliably to who supports it, and is repeated until its PRACK [RFC 3262 section 3]") {
  ring_in(kSupports);
  REQUIRE(stack.ring(session, now));  // Nothing that could be lost: an ordinary 180.
  drain();
  CHECK(header(take("SIP/2.0 180"), "Require").empty());
  REQUIRE(stack.progress(session, kEarly, now));
  const std::string progress = reliable("SIP/2.0 183");
  CHECK(body(progress) == "early");
  CHECK(header(progress, "Contact") == "<sip:bot@192.0.2.1:5060>");
  CHECK(header(progress, "Allow").find("UPDATE") != std::string::npos);
  advance(3500ms);
  CHECK(count("SIP/2.0 183") == 3);
  CHECK(take("SIP/2.0 183") == progress);
  sent.clear();
  prack(2);
  const std::string ok = take("SIP/2.0 200");
  CHECK(header(ok, "CSeq") == "2 PRACK");
  advance(20s);
  CHECK(sent.empty());
  prack(3);
  CHECK(take().starts_with("SIP/2.0 481"));
}

TEST_CASE_FIXTURE(Called, "Who does not support 100rel gets ordinary provisional responses [RFC 3262 section 3]") {
  ring_in({});
  REQUIRE(stack.progress(session, kEarly, now));
  drain();
  const std::string progress = take("SIP/2.0 183");
  CHECK(header(progress, "Require").empty());
  CHECK(header(progress, "RSeq").empty());
}

TEST_CASE_FIXTURE(Called, "Required, every provisional response is reliable, one after the other [RFC 3262 section 3]") {
  ring_in(kRequires);
  REQUIRE(stack.ring(session, now));
  CHECK(body(reliable("SIP/2.0 180")).empty());
  const std::string first = rseq;
  REQUIRE(stack.progress(session, kEarly, now));
  drain();
  CHECK(sent.empty());
  prack(2);
  CHECK(take().starts_with("SIP/2.0 200"));
  reliable("SIP/2.0 183");
  CHECK(std::stoul(rseq) == std::stoul(first) + 1);
  prack(3);
  sent.clear();
  advance(149s);
  CHECK(sent.empty());
  advance(1s);  // Kept alive every two and a half minutes, under the next number.
  CHECK(body(reliable("SIP/2.0 183")).empty());
  CHECK(std::stoul(rseq) == std::stoul(first) + 2);
}

TEST_CASE_FIXTURE(Called, "Without a PRACK for 64 T1 the INVITE is refused with 504 [RFC 3262 section 3]") {
  ring_in(kSupports);
  REQUIRE(stack.progress(session, kEarly, now));
  reliable();
  REQUIRE(stack.answer(session, kAnswer, now));
  advance(31999ms);
  CHECK_FALSE(event<sip::CallEnded>());
  sent.clear();
  advance(1ms);
  CHECK(take().starts_with("SIP/2.0 504"));
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->by == sip::CallEnded::By::Network);
  CHECK(ended->why == sip::CallEnded::Why::NoAck);
  advance(40s);
  CHECK(stack.sessions() == 0);
  CHECK_FALSE(stack.next_deadline());
}

TEST_CASE_FIXTURE(Called,
                  "A 2xx waits for the PRACK of what describes the session, and does not say it again [RFC 3262 section 5]") {
  ring_in(kSupports);
  REQUIRE(stack.progress(session, kEarly, now));
  reliable();
  REQUIRE(stack.answer(session, kAnswer, now));
  CHECK_FALSE(stack.answer(session, kAnswer, now));
  CHECK_FALSE(stack.ring(session, now));
  drain();
  CHECK(sent.empty());
  SUBCASE("it comes") {
    prack(2);
    CHECK(header(take("SIP/2.0 200"), "CSeq") == "2 PRACK");
    const std::string ok = take("SIP/2.0 200");
    CHECK(header(ok, "CSeq") == "1 INVITE");
    CHECK(body(ok).empty());
    receive(in_dialog("ACK", 1, our_tag));
    CHECK(event<sip::CallConfirmed>());
  }
  SUBCASE("they give up") {
    receive(in_dialog("BYE", 2, our_tag));
    CHECK(take("SIP/2.0 487").size() > 0);
    CHECK(event<sip::CallEnded>());
  }
  SUBCASE("we give up") {
    REQUIRE(stack.hang_up(session, now));
    drain();
    CHECK(take().starts_with("SIP/2.0 480"));
  }
}

TEST_CASE_FIXTURE(
    Called, "A 2xx does not wait for an 180 that describes nothing; its PRACK is answered all the same [RFC 3262 section 3]") {
  ring_in(kRequires);
  REQUIRE(stack.ring(session, now));
  reliable();
  REQUIRE(stack.answer(session, kAnswer, now));
  drain();
  CHECK(body(take("SIP/2.0 200")) == "answer");
  advance(400ms);
  CHECK(sent.empty());
  prack(2);
  CHECK(header(take("SIP/2.0 200"), "CSeq") == "2 PRACK");
  prack(3);
  CHECK(take().starts_with("SIP/2.0 481"));
  receive(in_dialog("ACK", 1, our_tag));
  CHECK(event<sip::CallConfirmed>());
  prack(4);
  CHECK(take().starts_with("SIP/2.0 481"));
}

TEST_CASE_FIXTURE(Called, "What no PRACK of ours matches is refused: 481, or 400 when it cannot be read [RFC 3262 section 3]") {
  ring_in(kSupports);
  REQUIRE(stack.progress(session, kEarly, now));
  reliable();
  prack(2, {}, rseq + " 2 INVITE");
  CHECK(take().starts_with("SIP/2.0 481"));
  prack(3, {}, rseq + " 1 UPDATE");
  CHECK(take().starts_with("SIP/2.0 481"));
  prack(4, {}, "nonsense");
  CHECK(take().starts_with("SIP/2.0 400"));
  prack(4);
  CHECK(take().starts_with("SIP/2.0 500"));  // Out of order: RFC 3261 section 12.2.2
  receive(in_dialog("PRACK", 5, "nobody", {}, {{"RAck", rseq + " 1 INVITE"}}));
  CHECK(take().starts_with("SIP/2.0 481"));
  prack(6);
  CHECK(take().starts_with("SIP/2.0 200"));
}

TEST_CASE_FIXTURE(Called,
                  "No offer in the INVITE: the first reliable response brings ours, PRACK the answer [RFC 3262 section 5]") {
  ring_in(kRequires, "");
  REQUIRE(stack.ring(session, now));
  drain();
  CHECK(sent.empty());  // It could only be sent with an offer, and there is none yet.
  REQUIRE(stack.progress(session, kEarly, now));
  CHECK(body(reliable()) == "early");
  prack(2, "their answer");
  CHECK(take().starts_with("SIP/2.0 200"));
  CHECK(event<sip::OfferAnswered>()->answer.data == "their answer");
  REQUIRE(stack.answer(session, kAnswer, now));
  drain();
  CHECK(body(take("SIP/2.0 200")).empty());
  receive(in_dialog("ACK", 1, our_tag));
  CHECK(event<sip::CallConfirmed>()->body.empty());
}

TEST_CASE_FIXTURE(Called, "A new offer in PRACK is answered in its 2xx; ours to the INVITE waits for it [RFC 3262 section 5]") {
  ring_in(kSupports);
  REQUIRE(stack.progress(session, kEarly, now));
  reliable();
  prack(2, "new");
  CHECK(sent.empty());
  CHECK(event<sip::OfferReceived>()->offer.data == "new");
  CHECK_FALSE(stack.answer(session, kAnswer, now));
  SUBCASE("accepted") {
    REQUIRE(stack.accept_offer(session, kAnswer, now));
    drain();
    const std::string ok = take("SIP/2.0 200");
    CHECK(header(ok, "CSeq") == "2 PRACK");
    CHECK(body(ok) == "answer");
    REQUIRE(stack.answer(session, kAnswer, now));
  }
  SUBCASE("refused") {
    REQUIRE(stack.refuse_offer(session, 488, now));
    drain();
    CHECK(!take("SIP/2.0 488").empty());
    REQUIRE(stack.answer(session, kAnswer, now));
  }
  SUBCASE("cancelled") {
    receive(in_dialog("BYE", 3, our_tag));
    CHECK(header(take("SIP/2.0 200"), "CSeq") == "3 BYE");
    CHECK(header(take("SIP/2.0 487"), "CSeq") == "2 PRACK");
    CHECK(header(take("SIP/2.0 487"), "CSeq") == "1 INVITE");
  }
}

TEST_CASE_FIXTURE(Called, "An early UPDATE may offer once a PRACK has sealed our answer, not before [RFC 3311 section 5.2]") {
  ring_in(kSupports);
  REQUIRE(stack.progress(session, kEarly, now));
  reliable();
  receive(in_dialog("UPDATE", 2, our_tag, "new"));
  CHECK(!header(take("SIP/2.0 500"), "Retry-After").empty());
  prack(3);
  CHECK(take().starts_with("SIP/2.0 200"));
  receive(in_dialog("UPDATE", 4, our_tag, "new"));
  REQUIRE(event<sip::OfferReceived>());
  receive(in_dialog("UPDATE", 5, our_tag));
  CHECK(!header(take("SIP/2.0 500"), "Retry-After").empty());
  REQUIRE(stack.accept_offer(session, kAnswer, now));
  drain();
  const std::string ok = take("SIP/2.0 200");
  CHECK(header(ok, "CSeq") == "4 UPDATE");
  CHECK(body(ok) == "answer");
}

// --- our re-INVITE ----------------------------------------------------------------------------------------------------------

namespace {

struct Changing : Called {
  std::string first;
  void change() {
    ring_in(kSupports);
    REQUIRE(stack.answer(session, kAnswer, now));
    drain();
    our_tag = tag_of(header(take("SIP/2.0 200"), "To"));
    receive(in_dialog("ACK", 1, our_tag));
    events.clear();
    sent.clear();
    REQUIRE(stack.offer(session, {"application/sdp", "hold"}, now));
    drain();
    first = take("INVITE ");
  }
  void early(unsigned number, const std::string& content = {}, const std::string& contact = "<sip:al@192.0.2.99>") {
    receive(response(first, 183, "", content, {{"Require", "100rel"}, {"RSeq", std::to_string(number)}, {"Contact", contact}}));
  }
};

}  // namespace

TEST_CASE_FIXTURE(Changing, "A reliable 18x to our re-INVITE is acknowledged, once and in order [RFC 3262 section 4]") {
  change();
  CHECK(header(first, "Supported").find("100rel") != std::string::npos);
  early(7);
  const std::string prack = take("PRACK ");
  CHECK(header(prack, "RAck") == "7 " + header(first, "CSeq"));
  receive(response(prack, 200, ""));
  early(7);
  early(9);
  CHECK(take("PRACK ").empty());
  early(8);
  CHECK(header(take("PRACK "), "RAck").starts_with("8 "));
  receive(response(first, 200, "", "their answer"));
  CHECK(event<sip::OfferAnswered>()->answer.data == "their answer");
}

TEST_CASE_FIXTURE(Changing, "An answer in it counts with the 2xx, which need not say it again [RFC 6337 section 2.2]") {
  change();
  early(7, "their answer");
  CHECK_FALSE(event<sip::OfferAnswered>());
  receive(response(first, 200, ""));
  CHECK(event<sip::OfferAnswered>()->answer.data == "their answer");
}

TEST_CASE_FIXTURE(Changing, "Refused after an early answer: what stood before is offered anew, unasked [RFC 6141 section 3.4]") {
  change();
  early(7, "their answer");
  sent.clear();
  receive(response(first, 488, ""));
  CHECK(event<sip::OfferRefused>()->status == 488);
  const std::string again = take("INVITE ");
  CHECK(body(again) == "answer");  // Ours, of the call's beginning.
  receive(response(again, 200, "", "offer"));
  CHECK(events.empty());  // As it was before: nothing to be told.
  CHECK(stack.sessions() == 1);
}

TEST_CASE_FIXTURE(Changing, "Refused without one: nothing is sent that was not asked for [RFC 6141 section 3.3]") {
  change();
  early(7);
  sent.clear();
  receive(response(first, 488, ""));
  CHECK(take("INVITE ").empty());
}

TEST_CASE_FIXTURE(Changing, "A reliable 18x to a re-INVITE moves the target, an ordinary one does not [RFC 6141 section 4.7]") {
  change();
  receive(response(first, 180, "", {}, {{"Contact", "<sip:al@192.0.2.55>"}}));
  early(7, {}, "<sip:al@192.0.2.66>");
  CHECK(start_line(take("PRACK ")) == "PRACK sip:al@192.0.2.66 SIP/2.0");
}

// --- switched off, or required ----------------------------------------------------------------------------------------------

namespace {

struct Switched : Called {
  void open(sip::Reliability reliability) {
    sip::AccountOptions options;
    options.address_of_record = "sip:bot@192.0.2.1";
    options.registrar = "sip:192.0.2.99";
    options.registers = false;
    options.reliability = reliability;
    sip::CallOptions call;
    call.account = stack.add_account(options, now);
    call.target = "sip:desk@192.0.2.99";
    call.offer = {"application/sdp", "offer"};
    REQUIRE(stack.call(call, now));
    drain();
    invitation = take("INVITE ");
  }
  std::string invitation;
};

}  // namespace

TEST_CASE_FIXTURE(Switched, "100rel switched off: not offered, 420 to who requires it, never used [RFC 3262 section 3]") {
  open(sip::Reliability::Off);
  CHECK(header(invitation, "Supported").find("100rel") == std::string::npos);
  receive(response(invitation, 183, "a", "answer", {{"Require", "100rel"}, {"RSeq", "1"}, {"Contact", "<sip:a@192.0.2.98>"}}));
  CHECK(take("PRACK ").empty());
  CHECK(event<sip::CallProgress>()->body.data == "answer");
  receive(invite("offer", kRequires));
  const std::string refused = take();
  CHECK(refused.starts_with("SIP/2.0 420"));
  CHECK(header(refused, "Unsupported") == "100rel");
  advance(40s);
  ring_in(kSupports);
  REQUIRE(stack.progress(session, kEarly, now));
  drain();
  CHECK(header(take("SIP/2.0 183"), "RSeq").empty());
}

TEST_CASE_FIXTURE(
    Switched,
    "100rel required: our INVITE says so, a caller without it gets 421, and each 18x is reliable [RFC 3261 section 21.4.16]") {
  open(sip::Reliability::Required);
  CHECK(header(invitation, "Require") == "100rel");
  receive(invite());
  const std::string refused = take();
  CHECK(refused.starts_with("SIP/2.0 421"));
  CHECK(header(refused, "Require") == "100rel");
  advance(40s);
  ring_in(kSupports);
  REQUIRE(stack.ring(session, now));
  reliable("SIP/2.0 180");
}

TEST_CASE_FIXTURE(Caller, "Two branches offer side by side: each answer goes to its own [RFC 3262 section 5]") {
  dial("");
  reliable(10, "a", "offer a");
  reliable(20, "b", "offer b");
  CHECK(take("PRACK ").empty());
  CHECK(event<sip::OfferReceived>()->branch_tag == "a");
  CHECK(event<sip::OfferReceived>()->branch_tag == "b");
  CHECK(stack.accept_offer(session, {"application/sdp", "x"}, now, "c").error() == sip::StackError::WrongState);
  REQUIRE(stack.accept_offer(session, {"application/sdp", "for b"}, now, "b"));
  REQUIRE(stack.accept_offer(session, {"application/sdp", "for a"}, now));
  drain();
  const std::string b = take("PRACK ");
  CHECK(header(b, "To").ends_with(";tag=b"));
  CHECK(body(b) == "for b");
  const std::string a = take("PRACK ");
  CHECK(header(a, "To").ends_with(";tag=a"));
  CHECK(body(a) == "for a");
}

TEST_CASE_FIXTURE(Caller, "Early UPDATEs of two branches wait for the phone at once, and are told apart [RFC 3311 section 5.2]") {
  dial();
  reliable(10, "a", "answer a");
  reliable(20, "b", "answer b");
  sent.clear();
  const std::string tag = tag_of(header(first, "From"));
  receive(in_dialog("UPDATE", 1, tag, "new a", {}, "a"));
  receive(in_dialog("UPDATE", 1, tag, "new b", {}, "b"));
  CHECK(event<sip::OfferReceived>()->branch_tag == "a");
  CHECK(event<sip::OfferReceived>()->branch_tag == "b");
  receive(in_dialog("UPDATE", 2, tag, "newer b", {}, "b"));
  CHECK(take().starts_with("SIP/2.0 500"));
  REQUIRE(stack.refuse_offer(session, 488, now, "b"));
  REQUIRE(stack.accept_offer(session, kAnswer, now, "a"));
  drain();
  CHECK(header(take("SIP/2.0 488"), "From").ends_with(";tag=b"));
  CHECK(header(take("SIP/2.0 200"), "From").ends_with(";tag=a"));
}
