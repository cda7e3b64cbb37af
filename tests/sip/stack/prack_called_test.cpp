#include <offhook/tests/sip/stack/early_dialogs.hpp>

using namespace offhook;
using namespace offhook::sim;

// --- as the callee

TEST_CASE_FIXTURE(EarlyDialogs, "If the caller supports 100rel, the stack sends early media in a reliable response, and repeats it until the PRACK [RFC 3262 section 3]") {
  ring_in(kSupports);
  REQUIRE(stack.calls().ring(session, now));  // The stack does not send a 180 without a body reliably.
  drain();
  CHECK(header(take("SIP/2.0 180"), "Require").empty());
  REQUIRE(stack.calls().progress(session, kEarly, now));
  const std::string progress = sent_reliable("SIP/2.0 183");
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

TEST_CASE_FIXTURE(EarlyDialogs, "A caller without 100rel gets ordinary provisional responses [RFC 3262 section 3]") {
  ring_in({});
  REQUIRE(stack.calls().progress(session, kEarly, now));
  drain();
  const std::string progress = take("SIP/2.0 183");
  CHECK(header(progress, "Require").empty());
  CHECK(header(progress, "RSeq").empty());
}

TEST_CASE_FIXTURE(EarlyDialogs, "With Require: 100rel each provisional response is reliable, and waits for the PRACK to the previous one [RFC 3262 section 3]") {
  ring_in(kRequires);
  REQUIRE(stack.calls().ring(session, now));
  CHECK(body(sent_reliable("SIP/2.0 180")).empty());
  const std::string begin_at = rseq;
  REQUIRE(stack.calls().progress(session, kEarly, now));
  drain();
  CHECK(sent.empty());
  prack(2);
  CHECK(take().starts_with("SIP/2.0 200"));
  sent_reliable("SIP/2.0 183");
  CHECK(std::stoul(rseq) == std::stoul(begin_at) + 1);
  prack(3);
  sent.clear();
  advance(149s);
  CHECK(sent.empty());
  advance(1s);  // The stack repeats the 183 every two and a half minutes, with the next RSeq.
  CHECK(body(sent_reliable("SIP/2.0 183")).empty());
  CHECK(std::stoul(rseq) == std::stoul(begin_at) + 2);
}

TEST_CASE_FIXTURE(EarlyDialogs, "If no PRACK arrives for 64 T1, the INVITE gets 504 [RFC 3262 section 3]") {
  ring_in(kSupports);
  REQUIRE(stack.calls().progress(session, kEarly, now));
  sent_reliable();
  REQUIRE(stack.calls().answer(session, kAnswer, now));
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
  CHECK(stack.calls().size() == 0);
  CHECK_FALSE(stack.next_deadline());
}

TEST_CASE_FIXTURE(EarlyDialogs, "A 2xx waits for the PRACK to the reliable response with the description, and does not have the description again [RFC 3262 section 5]") {
  ring_in(kSupports);
  REQUIRE(stack.calls().progress(session, kEarly, now));
  sent_reliable();
  REQUIRE(stack.calls().answer(session, kAnswer, now));
  CHECK_FALSE(stack.calls().answer(session, kAnswer, now));
  CHECK_FALSE(stack.calls().ring(session, now));
  drain();
  CHECK(sent.empty());
  SUBCASE("the PRACK arrives") {
    prack(2);
    CHECK(header(take("SIP/2.0 200"), "CSeq") == "2 PRACK");
    const std::string ok = take("SIP/2.0 200");
    CHECK(header(ok, "CSeq") == "1 INVITE");
    CHECK(body(ok).empty());
    receive(in_dialog("ACK", 1, our_tag));
    CHECK(event<sip::CallConfirmed>());
  }
  SUBCASE("the caller gives up") {
    receive(in_dialog("BYE", 2, our_tag));
    CHECK(take("SIP/2.0 487").size() > 0);
    CHECK(event<sip::CallEnded>());
  }
  SUBCASE("the agent hangs up") {
    REQUIRE(stack.calls().hang_up(session, now));
    drain();
    CHECK(take().starts_with("SIP/2.0 480"));
  }
}

TEST_CASE_FIXTURE(EarlyDialogs, "A 2xx does not wait for the PRACK to a 180 without a description. This PRACK still gets 200 [RFC 3262 section 3]") {
  ring_in(kRequires);
  REQUIRE(stack.calls().ring(session, now));
  sent_reliable();
  REQUIRE(stack.calls().answer(session, kAnswer, now));
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

TEST_CASE_FIXTURE(EarlyDialogs, "A PRACK that matches no response gets 481, and a PRACK with an invalid RAck gets 400 [RFC 3262 section 3]") {
  ring_in(kSupports);
  REQUIRE(stack.calls().progress(session, kEarly, now));
  sent_reliable();
  prack(2, {}, rseq + " 2 INVITE");
  CHECK(take().starts_with("SIP/2.0 481"));
  prack(3, {}, rseq + " 1 UPDATE");
  CHECK(take().starts_with("SIP/2.0 481"));
  prack(4, {}, "nonsense");
  CHECK(take().starts_with("SIP/2.0 400"));
  prack(4);
  CHECK(take().starts_with("SIP/2.0 500"));  // Its CSeq does not rise: RFC 3261 section 12.2.2
  receive(in_dialog("PRACK", 5, "nobody", {}, {{"RAck", rseq + " 1 INVITE"}}));
  CHECK(take().starts_with("SIP/2.0 481"));
  prack(6);
  CHECK(take().starts_with("SIP/2.0 200"));
}

TEST_CASE_FIXTURE(EarlyDialogs, "After an INVITE without an offer, the first reliable response has the offer, and the PRACK has the answer [RFC 3262 section 5]") {
  ring_in(kRequires, "");
  REQUIRE(stack.calls().ring(session, now));
  drain();
  CHECK(sent.empty());  // A reliable response must have the offer, but the application has not given an offer yet.
  REQUIRE(stack.calls().progress(session, kEarly, now));
  CHECK(body(sent_reliable()) == "early");
  prack(2, "their answer");
  CHECK(take().starts_with("SIP/2.0 200"));
  CHECK(event<sip::OfferAnswered>()->answer.data == "their answer");
  REQUIRE(stack.calls().answer(session, kAnswer, now));
  drain();
  CHECK(body(take("SIP/2.0 200")).empty());
  receive(in_dialog("ACK", 1, our_tag));
  CHECK(event<sip::CallConfirmed>()->body.empty());
}

TEST_CASE_FIXTURE(EarlyDialogs, "A new offer in PRACK gets its answer in the 2xx to PRACK. Until then the application cannot answer the INVITE [RFC 3262 section 5]") {
  ring_in(kSupports);
  REQUIRE(stack.calls().progress(session, kEarly, now));
  sent_reliable();
  prack(2, "new");
  CHECK(sent.empty());
  CHECK(event<sip::OfferReceived>()->offer.data == "new");
  CHECK_FALSE(stack.calls().answer(session, kAnswer, now));
  SUBCASE("accepted") {
    REQUIRE(stack.calls().accept_offer(session, kAnswer, now));
    drain();
    const std::string ok = take("SIP/2.0 200");
    CHECK(header(ok, "CSeq") == "2 PRACK");
    CHECK(body(ok) == "answer");
    REQUIRE(stack.calls().answer(session, kAnswer, now));
  }
  SUBCASE("refused") {
    REQUIRE(stack.calls().refuse_offer(session, 488, now));
    drain();
    CHECK(!take("SIP/2.0 488").empty());
    REQUIRE(stack.calls().answer(session, kAnswer, now));
  }
  SUBCASE("cancelled") {
    receive(in_dialog("BYE", 3, our_tag));
    CHECK(header(take("SIP/2.0 200"), "CSeq") == "3 BYE");
    CHECK(header(take("SIP/2.0 487"), "CSeq") == "2 PRACK");
    CHECK(header(take("SIP/2.0 487"), "CSeq") == "1 INVITE");
  }
}

TEST_CASE_FIXTURE(EarlyDialogs, "The caller may send an offer by UPDATE only after its PRACK has acknowledged the answer [RFC 3311 section 5.2]") {
  ring_in(kSupports);
  REQUIRE(stack.calls().progress(session, kEarly, now));
  sent_reliable();
  receive(in_dialog("UPDATE", 2, our_tag, "new"));
  CHECK(!header(take("SIP/2.0 500"), "Retry-After").empty());
  prack(3);
  CHECK(take().starts_with("SIP/2.0 200"));
  receive(in_dialog("UPDATE", 4, our_tag, "new"));
  REQUIRE(event<sip::OfferReceived>());
  receive(in_dialog("UPDATE", 5, our_tag));
  CHECK(!header(take("SIP/2.0 500"), "Retry-After").empty());
  REQUIRE(stack.calls().accept_offer(session, kAnswer, now));
  drain();
  const std::string ok = take("SIP/2.0 200");
  CHECK(header(ok, "CSeq") == "4 UPDATE");
  CHECK(body(ok) == "answer");
}

// --- the agent's re-INVITE

namespace {

struct Changing : EarlyDialogs {
  void change() {
    talk(kSupports);
    REQUIRE(stack.calls().offer(session, {"application/sdp", "hold"}, now));
    drain();
    first = take("INVITE ");
  }
  void early(unsigned number, const std::string& content = {}, const std::string& contact = "<sip:al@192.0.2.99>") {
    receive(response(first, 183, "", content, {{"Require", "100rel"}, {"RSeq", std::to_string(number)}, {"Contact", contact}}));
  }
};

}  // namespace

TEST_CASE_FIXTURE(Changing, "The agent acknowledges a reliable 18x to its re-INVITE, once and in order [RFC 3262 section 4]") {
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

TEST_CASE_FIXTURE(Changing, "An answer in a reliable 18x to a re-INVITE applies when the 2xx arrives. The 2xx need not have the answer again [RFC 6337 section 2.2]") {
  change();
  early(7, "their answer");
  CHECK_FALSE(event<sip::OfferAnswered>());
  receive(response(first, 200, ""));
  CHECK(event<sip::OfferAnswered>()->answer.data == "their answer");
}

TEST_CASE_FIXTURE(Changing, "If the peer refuses a re-INVITE after an early answer, the agent offers the previous session in a re-INVITE [RFC 6141 section 3.4]") {
  change();
  early(7, "their answer");
  sent.clear();
  receive(response(first, 488, ""));
  CHECK(event<sip::OfferRefused>()->status == 488);
  const std::string again = take("INVITE ");
  CHECK(body(again) == "answer");  // This is the agent's answer from the start of the call.
  receive(response(again, 200, "", "offer"));
  CHECK(events.empty());  // The session has not changed, so there is no event.
  CHECK(stack.calls().size() == 1);
}

TEST_CASE_FIXTURE(Changing, "If the peer refuses a re-INVITE without an early answer, the agent sends no further offer [RFC 6141 section 3.3]") {
  change();
  early(7);
  sent.clear();
  receive(response(first, 488, ""));
  CHECK(take("INVITE ").empty());
}

TEST_CASE_FIXTURE(Changing, "A reliable 18x to a re-INVITE changes the target, and an ordinary 18x does not [RFC 6141 section 4.7]") {
  change();
  receive(response(first, 180, "", {}, {{"Contact", "<sip:al@192.0.2.55>"}}));
  early(7, {}, "<sip:al@192.0.2.66>");
  CHECK(start_line(take("PRACK ")) == "PRACK sip:al@192.0.2.66 SIP/2.0");
}

// --- reliability switched off or required

namespace {

struct Switched : EarlyDialogs {
  void open(sip::Reliability reliability) {
    sip::AccountOptions options;
    options.address_of_record = "sip:bot@192.0.2.1";
    options.registrar = "sip:192.0.2.99";
    options.registers = false;
    options.reliability = reliability;
    sip::CallOptions call;
    call.account = stack.accounts().add(options, now);
    call.target = "sip:desk@192.0.2.99";
    call.offer = {"application/sdp", "offer"};
    REQUIRE(stack.calls().call(call, now));
    drain();
    invitation = take("INVITE ");
  }
  std::string invitation;
};

}  // namespace

TEST_CASE_FIXTURE(Switched, "With Reliability::Off the stack never offers or uses 100rel, and a caller that requires 100rel gets 420 [RFC 3262 section 3]") {
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
  REQUIRE(stack.calls().progress(session, kEarly, now));
  drain();
  CHECK(header(take("SIP/2.0 183"), "RSeq").empty());
}

TEST_CASE_FIXTURE(Switched,
    "With Reliability::Required the INVITE requires 100rel, a caller without 100rel gets 421, and each 18x is reliable [RFC 3261 section 21.4.16]") {
  open(sip::Reliability::Required);
  CHECK(header(invitation, "Require") == "100rel");
  receive(invite());
  const std::string refused = take();
  CHECK(refused.starts_with("SIP/2.0 421"));
  CHECK(header(refused, "Require") == "100rel");
  advance(40s);
  ring_in(kSupports);
  REQUIRE(stack.calls().ring(session, now));
  sent_reliable("SIP/2.0 180");
}
