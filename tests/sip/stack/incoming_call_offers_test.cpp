#include <offhook/tests/sip/stack/called.hpp>

using namespace offhook;
using namespace offhook::sim;

// --- the peer's offers

TEST_CASE_FIXTURE(Called, "The peer's re-INVITE causes OfferReceived, and the stack repeats the 200 until the ACK [RFC 3261 section 14.2]") {
  talk();
  receive(in_dialog("INVITE", 2, our_tag, "hold"));
  CHECK(take().starts_with("SIP/2.0 100"));
  const auto offer = event<sip::OfferReceived>();
  REQUIRE(offer);
  CHECK(offer->offer.data == "hold");
  REQUIRE(stack.calls().accept_offer(session, {"application/sdp", "held"}, now));
  drain();
  const std::string ok = take();
  CHECK(body(ok) == "held");
  CHECK(header(ok, "CSeq") == "2 INVITE");
  advance(500ms);
  CHECK(count("SIP/2.0 200") == 1);
  receive(in_dialog("ACK", 2, our_tag));
  sent.clear();
  advance(5s);
  CHECK(sent.empty());
  CHECK_FALSE(event<sip::CallConfirmed>());
  CHECK(stack.calls().accept_offer(session, {}, now) == base::fail(sip::StackError::WrongState));
}

TEST_CASE_FIXTURE(Called, "A re-INVITE without an offer gets the agent's offer in the 200, and the ACK has the answer [RFC 3261 section 14.2]") {
  talk();
  receive(in_dialog("INVITE", 2, our_tag));
  const auto offer = event<sip::OfferReceived>();
  REQUIRE(offer);
  CHECK(offer->offer.empty());
  REQUIRE(stack.calls().accept_offer(session, {"application/sdp", "ours"}, now));
  drain();
  receive(in_dialog("INVITE", 3, our_tag, "glare"));
  CHECK(!take("SIP/2.0 491").empty());
  receive(in_dialog("ACK", 2, our_tag, "theirs"));
  const auto confirmed = event<sip::CallConfirmed>();
  REQUIRE(confirmed);
  CHECK(confirmed->body.data == "theirs");
}

TEST_CASE_FIXTURE(Called, "A refused offer gets 488 and the call continues [RFC 3261 section 14.2]") {
  talk();
  receive(in_dialog("INVITE", 2, our_tag, "odd"));
  REQUIRE(stack.calls().refuse_offer(session, 488, now));
  drain();
  CHECK(!take("SIP/2.0 488").empty());
  CHECK(stack.calls().size() == 1);
  CHECK_FALSE(event<sip::CallEnded>());
}

TEST_CASE_FIXTURE(Called, "A second re-INVITE before the response to the first gets 500 with Retry-After [RFC 3261 section 14.2]") {
  talk();
  receive(in_dialog("INVITE", 2, our_tag, "one"));
  sent.clear();
  receive(in_dialog("INVITE", 3, our_tag, "two"));
  const std::string later = take("SIP/2.0 500");
  REQUIRE(!later.empty());
  CHECK(std::stoi(header(later, "Retry-After")) <= 10);
  REQUIRE(stack.calls().accept_offer(session, {"application/sdp", "x"}, now));
  drain();
  CHECK(header(take("SIP/2.0 200"), "CSeq") == "2 INVITE");
}

TEST_CASE_FIXTURE(Called, "The peer's re-INVITE during the agent's re-INVITE gets 491 [RFC 3261 section 14.2]") {
  talk();
  REQUIRE(stack.calls().offer(session, {"application/sdp", "mine"}, now));
  drain();
  sent.clear();
  receive(in_dialog("INVITE", 2, our_tag, "theirs"));
  CHECK(!take("SIP/2.0 491").empty());
}

TEST_CASE_FIXTURE(Called, "If the peer sends BYE while its re-INVITE waits for the agent's answer, the re-INVITE gets 487 [RFC 3261 section 15.1.2]") {
  talk();
  receive(in_dialog("INVITE", 2, our_tag, "hold"));
  sent.clear();
  receive(in_dialog("BYE", 3, our_tag));
  CHECK(take().starts_with("SIP/2.0 487"));
  CHECK(take().starts_with("SIP/2.0 200"));
  CHECK(event<sip::CallEnded>());
}

TEST_CASE_FIXTURE(Called, "An UPDATE without an offer gets its response at once, and an UPDATE with an offer after accept_offer() [RFC 3311 section 5.2]") {
  talk();
  receive(in_dialog("UPDATE", 2, our_tag));
  CHECK(take().starts_with("SIP/2.0 200"));
  receive(in_dialog("UPDATE", 3, our_tag, "new"));
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.calls().accept_offer(session, {"application/sdp", "ok"}, now));
  drain();
  CHECK(body(take("SIP/2.0 200")) == "ok");
  sent.clear();
  advance(3s);
  CHECK(sent.empty());  // UPDATE has no ACK, therefore the stack does not repeat the 200.
}

// --- the agent's offers

TEST_CASE_FIXTURE(Called, "The 200 to the agent's re-INVITE gets an ACK and causes OfferAnswered. Each repeat of the 200 gets the same ACK [RFC 3261 section 13.2.2.4]") {
  talk();
  REQUIRE(stack.calls().offer(session, {"application/sdp", "mine"}, now));
  drain();
  const std::string reinvite = take("INVITE ");
  CHECK(start_line(reinvite) == "INVITE sip:al@192.0.2.99 SIP/2.0");
  CHECK(header(reinvite, "Contact") == "<sip:bot@192.0.2.1:5060>");
  const std::string ok = response(reinvite, 200, "", "yours", {{"Contact", "<sip:al@192.0.2.98>"}});
  receive(ok);
  const std::string ack = take("ACK ");
  CHECK(start_line(ack) == "ACK sip:al@192.0.2.98 SIP/2.0");
  CHECK(header(ack, "CSeq") == "1 ACK");
  const auto answered = event<sip::OfferAnswered>();
  REQUIRE(answered);
  CHECK(answered->answer.data == "yours");
  receive(ok);
  CHECK(take("ACK ") == ack);
  CHECK_FALSE(event<sip::OfferAnswered>());
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  CHECK(start_line(take("BYE ")) == "BYE sip:al@192.0.2.98 SIP/2.0");  // The 200 has changed the remote target.
}

TEST_CASE_FIXTURE(Called, "After 491 to its re-INVITE the agent retries within 2 s, because the peer chose the Call-ID [RFC 3261 section 14.1]") {
  talk();
  REQUIRE(stack.calls().offer(session, {"application/sdp", "mine"}, now));
  drain();
  const std::string first = take("INVITE ");
  receive(response(first, 491, ""));
  CHECK(take("ACK ").starts_with("ACK "));
  CHECK_FALSE(event<sip::OfferRefused>());
  advance(2s);
  const std::string second = take("INVITE ");
  REQUIRE(!second.empty());
  CHECK(body(second) == "mine");
  CHECK(header(second, "CSeq") == "2 INVITE");
  receive(response(second, 488, ""));
  const auto refused = event<sip::OfferRefused>();
  REQUIRE(refused);
  CHECK(refused->status == 488);
  CHECK(stack.calls().size() == 1);
}

TEST_CASE_FIXTURE(Called, "A 481 to the agent's re-INVITE ends the call as SessionLost [RFC 3261 section 12.2.1.2]") {
  talk();
  REQUIRE(stack.calls().offer(session, {"application/sdp", "mine"}, now));
  drain();
  receive(response(take("INVITE "), 481, ""));
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->why == sip::CallEnded::Why::SessionLost);
  CHECK(ended->status == 481);
  CHECK(count("BYE ") == 1);
  expect_no_residue();
}

TEST_CASE_FIXTURE(Called, "If a re-INVITE gets no response, the call ends as after a 408 [RFC 3261 section 12.2.1.2]") {
  talk();
  REQUIRE(stack.calls().offer(session, {"application/sdp", "mine"}, now));
  drain();
  advance(33s);
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->status == 408);
  advance(33s);
  expect_no_residue();
}

// --- the agent's transfers

TEST_CASE_FIXTURE(Called, "refer sends REFER and reports the result of the transfer from NOTIFY [RFC 3515 section 2.4.5]") {
  talk();
  REQUIRE(stack.transfers().refer(session, {"sip:desk@192.0.2.99"}, now));
  drain();
  const std::string refer = take("REFER ");
  CHECK(header(refer, "Refer-To") == "<sip:desk@192.0.2.99>");
  CHECK(!header(refer, "Contact").empty());
  CHECK(stack.transfers().refer(session, {"sip:desk@192.0.2.99"}, now) == base::fail(sip::StackError::WrongState));
  receive(response(refer, 202, ""));
  const auto notify = [&](int cseq, const std::string& fragment) {
    std::string text = in_dialog("NOTIFY", cseq, our_tag, fragment, {{"Event", "refer"}, {"Subscription-State", "active"}});
    receive(text);
  };
  notify(2, "SIP/2.0 100 Trying\r\n");
  CHECK(take().starts_with("SIP/2.0 200"));
  CHECK_FALSE(event<sip::TransferProgress>());
  notify(3, "SIP/2.0 200 OK\r\n");
  const auto done = event<sip::TransferProgress>();
  REQUIRE(done);
  CHECK(done->status == 200);
  CHECK(done->accepted);
  notify(4, "SIP/2.0 200 OK\r\n");
  CHECK_FALSE(event<sip::TransferProgress>());
  CHECK(!take("SIP/2.0 481").empty());
}

TEST_CASE_FIXTURE(Called, "The stack reports the status of a refused REFER. If no NOTIFY arrives, the transfer ends with 408 [RFC 3515 section 2.4.2]") {
  talk();
  REQUIRE(stack.transfers().refer(session, {"sip:desk@192.0.2.99"}, now));
  drain();
  receive(response(take("REFER "), 603, ""));
  const auto refused = event<sip::TransferProgress>();
  CHECK(refused->status == 603);
  CHECK_FALSE(refused->accepted);
  REQUIRE(stack.transfers().refer(session, {"sip:desk@192.0.2.99"}, now));
  drain();
  receive(response(take("REFER "), 202, ""));
  advance(179s);
  CHECK_FALSE(event<sip::TransferProgress>());
  advance(2s);
  const auto lapsed = event<sip::TransferProgress>();
  CHECK(lapsed->status == 408);
  CHECK(lapsed->accepted);
}
