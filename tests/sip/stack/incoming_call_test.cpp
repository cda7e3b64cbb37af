#include <offhook/tests/sim/scripted.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

namespace {

struct Called : Scripted {
  sip::SessionId session;
  std::string our_tag;

  void ring_in(const std::string& content = "offer", Fields extra = {}) {
    receive(invite(content, std::move(extra)));
    const auto call = event<sip::IncomingCall>();
    REQUIRE(call);
    session = call->session;
  }
  void pick_up(const std::string& content = "answer") {
    REQUIRE(stack.answer(session, {"application/sdp", content}, now));
    drain();
    const std::string ok = take("SIP/2.0 200");
    REQUIRE(!ok.empty());
    our_tag = tag_of(header(ok, "To"));
  }
  void talk() {
    ring_in();
    pick_up();
    receive(in_dialog("ACK", 1, our_tag));
    REQUIRE(event<sip::CallConfirmed>());
    sent.clear();
  }
  void expect_no_residue() {
    advance(64 * 500ms + 1s);
    CHECK(stack.sessions() == 0);
    CHECK_FALSE(stack.next_deadline());
  }
};

}  // namespace

TEST_CASE_FIXTURE(Called, "An INVITE is answered with 100 at once and told with what it says [RFC 3261 section 17.2.1]") {
  receive(invite("v=0", {{"X-Trace", "42"}, {"Subject", "hello"}}));
  const std::string trying = take();
  CHECK(start_line(trying) == "SIP/2.0 100 Trying");
  CHECK(header(trying, "Via").find("rport=5060") != std::string::npos);
  const auto call = event<sip::IncomingCall>();
  REQUIRE(call);
  CHECK(call->offer.type == "application/sdp");
  CHECK(call->offer.data == "v=0");
  CHECK(call->from.uri == "sip:al@192.0.2.99");
  CHECK(call->from.display == "Al");
  CHECK(call->call_id == "call-1");
  bool carried = false;
  for (const auto& [name, value] : call->headers) carried = carried || (name == "X-Trace" && value == "42");
  CHECK(carried);
  CHECK((call->session.value >> 32) == 1);
  CHECK(stack.sessions() == 1);
}

TEST_CASE_FIXTURE(Called, "180, 183 and 200 of one call carry one To tag, Contact and Record-Route [RFC 3261 section 12.1.1]") {
  ring_in("offer", {{"Record-Route", "<sip:p1.example;lr>, <sip:p2.example;lr>"}});
  sent.clear();
  REQUIRE(stack.ring(session, now));
  REQUIRE(stack.progress(session, {"application/sdp", "early"}, now));
  REQUIRE(stack.answer(session, {"application/sdp", "answer"}, now));
  drain();
  const std::string ringing = take(), early = take(), ok = take();
  CHECK(ringing.starts_with("SIP/2.0 180"));
  CHECK(early.starts_with("SIP/2.0 183"));
  CHECK(body(early) == "early");
  CHECK(ok.starts_with("SIP/2.0 200"));
  CHECK(body(ok) == "answer");
  CHECK(tag_of(header(ringing, "To")) == tag_of(header(ok, "To")));
  CHECK(!tag_of(header(ok, "To")).empty());
  CHECK(header(ok, "Contact") == "<sip:bot@192.0.2.1:5060>");
  CHECK(header(ok, "Record-Route") == "<sip:p1.example;lr>, <sip:p2.example;lr>");
  CHECK(!header(ok, "Allow").empty());
}

TEST_CASE_FIXTURE(Called, "A provisional response is repeated every minute [RFC 3261 section 13.3.1.1]") {
  ring_in();
  REQUIRE(stack.ring(session, now));
  drain();
  sent.clear();
  advance(59s);
  CHECK(count("SIP/2.0 180") == 0);
  advance(2s);
  CHECK(count("SIP/2.0 180") == 1);
  advance(60s);
  CHECK(count("SIP/2.0 180") == 2);
}

TEST_CASE_FIXTURE(Called, "A 200 is repeated at T1, doubling to T2, until its ACK [RFC 3261 section 13.3.1.4]") {
  ring_in();
  pick_up();
  sent.clear();
  advance(499ms);
  CHECK(count("SIP/2.0 200") == 0);
  advance(1ms);
  CHECK(count("SIP/2.0 200") == 1);
  advance(1000ms);
  CHECK(count("SIP/2.0 200") == 2);
  advance(6000ms);  // At 3.5 and 7.5 s.
  CHECK(count("SIP/2.0 200") == 4);
  advance(4000ms);
  CHECK(count("SIP/2.0 200") == 5);
  receive(in_dialog("ACK", 1, our_tag));
  CHECK(event<sip::CallConfirmed>());
  sent.clear();
  advance(20s);
  CHECK(sent.empty());
}

TEST_CASE_FIXTURE(Called, "No ACK for 64 T1: BYE, and the call has ended for want of it [RFC 3261 section 13.3.1.4]") {
  ring_in();
  pick_up();
  advance(31999ms);
  CHECK_FALSE(event<sip::CallEnded>());
  advance(1ms);
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->why == sip::CallEnded::Why::NoAck);
  CHECK(ended->by == sip::CallEnded::By::Network);
  const std::string bye = take("BYE ");
  REQUIRE(!bye.empty());
  receive(response(bye, 200, ""));
  expect_no_residue();
}

TEST_CASE_FIXTURE(Called, "An ACK with another CSeq or a wrong tag does not stop the repeats [RFC 3261 section 13.2.2.4]") {
  ring_in();
  pick_up();
  receive(in_dialog("ACK", 2, our_tag));
  receive(in_dialog("ACK", 1, our_tag, {}, {}, "forged"));
  receive(in_dialog("ACK", 1, "nobody"));
  CHECK(stack.counters().stray_acks == 1);
  sent.clear();
  advance(500ms);
  CHECK(count("SIP/2.0 200") == 1);
  CHECK_FALSE(event<sip::CallConfirmed>());
}

TEST_CASE_FIXTURE(Called, "A second ACK is absorbed in silence") {
  talk();
  receive(in_dialog("ACK", 1, our_tag));
  CHECK(sent.empty());
  CHECK(events.empty());
}

TEST_CASE_FIXTURE(Called, "A retransmitted INVITE gets the last response and makes no second call [RFC 3261 section 17.2.1]") {
  const std::string first = invite();
  receive(first);
  REQUIRE(event<sip::IncomingCall>());
  sent.clear();
  receive(first);
  CHECK(count("SIP/2.0 100") == 1);
  CHECK_FALSE(event<sip::IncomingCall>());
  CHECK(stack.counters().retransmissions_absorbed == 1);
  CHECK(stack.sessions() == 1);
}

TEST_CASE_FIXTURE(Called, "An INVITE that comes again by another way is a merged request: 482 [RFC 3261 section 8.2.2.2]") {
  ring_in();
  sent.clear();
  receive(invite());  // The same but for its branch.
  CHECK(take().starts_with("SIP/2.0 482"));
  CHECK(stack.sessions() == 1);
}

TEST_CASE_FIXTURE(Called, "An INVITE without an offer: our offer in the 200, the answer in the ACK [RFC 3261 section 13.2.1]") {
  ring_in("");
  pick_up("our offer");
  receive(in_dialog("ACK", 1, our_tag, "their answer"));
  const auto confirmed = event<sip::CallConfirmed>();
  REQUIRE(confirmed);
  CHECK(confirmed->body.data == "their answer");
}

TEST_CASE_FIXTURE(Called, "CANCEL: 200 to it, 487 to the INVITE, repeated until the ACK [RFC 3261 section 9.2]") {
  const std::string first = invite();
  receive(first);
  REQUIRE(event<sip::IncomingCall>());
  sent.clear();
  std::string cancel = message("CANCEL sip:bot@192.0.2.1 SIP/2.0", {{"Via", header(first, "Via")},
                                                                     {"From", header(first, "From")},
                                                                     {"To", header(first, "To")},
                                                                     {"Call-ID", "call-1"},
                                                                     {"CSeq", "1 CANCEL"},
                                                                     {"Reason", "SIP;cause=200;text=\"elsewhere\""}});
  receive(cancel);
  const std::string ok = take(), terminated = take();
  CHECK(ok.starts_with("SIP/2.0 200"));
  CHECK(header(ok, "CSeq") == "1 CANCEL");
  CHECK(terminated.starts_with("SIP/2.0 487"));
  CHECK(header(terminated, "CSeq") == "1 INVITE");
  CHECK(!tag_of(header(ok, "To")).empty());
  CHECK(tag_of(header(ok, "To")) == tag_of(header(terminated, "To")));
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->why == sip::CallEnded::Why::Cancelled);
  CHECK(ended->reason.find("elsewhere") != std::string::npos);
  advance(500ms);
  CHECK(count("SIP/2.0 487") == 1);
  receive(message("ACK sip:bot@192.0.2.1 SIP/2.0", {{"Via", header(first, "Via")},
                                                     {"From", header(first, "From")},
                                                     {"To", header(terminated, "To")},
                                                     {"Call-ID", "call-1"},
                                                     {"CSeq", "1 ACK"}}));
  sent.clear();
  advance(2s);
  CHECK(sent.empty());
  CHECK(stack.answer(session, {}, now).error() == sip::StackError::UnknownSession);
  expect_no_residue();
}

TEST_CASE_FIXTURE(Called, "CANCEL with another branch matches nothing: 481, and it rings on [RFC 3261 section 9.2]") {
  ring_in();
  sent.clear();
  receive(message("CANCEL sip:bot@192.0.2.1 SIP/2.0", {{"Via", via()},
                                                        {"From", "<sip:al@192.0.2.99>;tag=peer"},
                                                        {"To", "<sip:bot@192.0.2.1>"},
                                                        {"Call-ID", "call-1"},
                                                        {"CSeq", "1 CANCEL"}}));
  CHECK(take().starts_with("SIP/2.0 481"));
  CHECK(stack.sessions() == 1);
  CHECK_FALSE(event<sip::CallEnded>());
}

TEST_CASE_FIXTURE(Called, "CANCEL after the 200 changes nothing [RFC 3261 section 9.2]") {
  const std::string first = invite();
  receive(first);
  session = event<sip::IncomingCall>()->session;
  pick_up();
  receive(message("CANCEL sip:bot@192.0.2.1 SIP/2.0", {{"Via", header(first, "Via")},
                                                        {"From", header(first, "From")},
                                                        {"To", header(first, "To")},
                                                        {"Call-ID", "call-1"},
                                                        {"CSeq", "1 CANCEL"}}));
  CHECK(take().starts_with("SIP/2.0 200"));
  CHECK_FALSE(event<sip::CallEnded>());
  CHECK(stack.sessions() == 1);
}

TEST_CASE_FIXTURE(Called, "Their BYE: 200, the call has ended, and a repeated BYE is answered again [RFC 3261 section 15.1.2]") {
  talk();
  const std::string bye = in_dialog("BYE", 2, our_tag, {}, {{"Reason", "Q.850;cause=16"}});
  receive(bye);
  CHECK(take().starts_with("SIP/2.0 200"));
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->by == sip::CallEnded::By::Remote);
  CHECK(ended->why == sip::CallEnded::Why::Bye);
  CHECK(ended->reason == "Q.850;cause=16");
  receive(bye);
  CHECK(take().starts_with("SIP/2.0 200"));
  CHECK_FALSE(event<sip::CallEnded>());
  expect_no_residue();
  receive(in_dialog("BYE", 3, our_tag));
  CHECK(take().starts_with("SIP/2.0 481"));
}

TEST_CASE_FIXTURE(Called, "A BYE with a wrong tag gets 481 and the call lives [RFC 3261 section 12.2.2]") {
  talk();
  receive(in_dialog("BYE", 2, our_tag, {}, {}, "forged"));
  CHECK(take().starts_with("SIP/2.0 481"));
  receive(in_dialog("BYE", 3, "wrong"));
  CHECK(take().starts_with("SIP/2.0 481"));
  CHECK_FALSE(event<sip::CallEnded>());
  CHECK(stack.sessions() == 1);
}

TEST_CASE_FIXTURE(Called, "A request whose CSeq does not rise gets 500 [RFC 3261 section 12.2.2]") {
  talk();
  receive(in_dialog("BYE", 1, our_tag));
  CHECK(take().starts_with("SIP/2.0 500"));
  CHECK(stack.sessions() == 1);
}

TEST_CASE_FIXTURE(Called, "A BYE of the caller while it still rings ends the call with 487 [RFC 3261 section 15]") {
  receive(invite());
  session = event<sip::IncomingCall>()->session;
  REQUIRE(stack.ring(session, now));
  drain();
  our_tag = tag_of(header(take("SIP/2.0 180"), "To"));
  receive(in_dialog("BYE", 2, our_tag));
  CHECK(take().starts_with("SIP/2.0 200"));
  CHECK(take().starts_with("SIP/2.0 487"));
  CHECK(event<sip::CallEnded>());
}

TEST_CASE_FIXTURE(Called, "Our BYE goes to the Contact along the Record-Route, with rising CSeq [RFC 3261 section 12.2.1.1]") {
  ring_in("offer", {{"Record-Route", "<sip:192.0.2.50:5070;lr>, <sip:192.0.2.51;lr>"}});
  pick_up();
  receive(in_dialog("ACK", 1, our_tag));
  sent.clear();
  REQUIRE(stack.hang_up(session, now));
  drain();
  const std::string bye = take();
  CHECK(start_line(bye) == "BYE sip:al@192.0.2.99 SIP/2.0");
  CHECK(last_flow.remote == address("192.0.2.50", 5070));
  CHECK(headers(bye, "Route") == std::vector<std::string>{"<sip:192.0.2.50:5070;lr>", "<sip:192.0.2.51;lr>"});
  CHECK(tag_of(header(bye, "From")) == our_tag);
  CHECK(tag_of(header(bye, "To")) == "peer");
  CHECK(header(bye, "CSeq") == "1 BYE");
  CHECK(header(bye, "Max-Forwards") == "70");
  CHECK(header(bye, "Via").starts_with("SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK"));
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->by == sip::CallEnded::By::Local);
  receive(response(bye, 200, ""));
  expect_no_residue();
}

TEST_CASE_FIXTURE(Called, "A strict router gets its own URI in the request line [RFC 3261 section 12.2.1.1]") {
  ring_in("offer", {{"Record-Route", "<sip:192.0.2.50>, <sip:192.0.2.51;lr>"}});
  pick_up();
  receive(in_dialog("ACK", 1, our_tag));
  sent.clear();
  REQUIRE(stack.hang_up(session, now));
  drain();
  const std::string bye = take();
  CHECK(start_line(bye) == "BYE sip:192.0.2.50 SIP/2.0");
  CHECK(headers(bye, "Route") == std::vector<std::string>{"<sip:192.0.2.51;lr>", "<sip:al@192.0.2.99>"});
}

TEST_CASE_FIXTURE(Called, "Hung up before the ACK: the BYE waits for it [RFC 3261 section 15]") {
  ring_in();
  pick_up();
  REQUIRE(stack.hang_up(session, now));
  drain();
  CHECK(event<sip::CallEnded>());
  CHECK(count("BYE ") == 0);
  CHECK(stack.hang_up(session, now).error() == sip::StackError::WrongState);
  receive(in_dialog("ACK", 1, our_tag));
  CHECK(count("BYE ") == 1);
  CHECK_FALSE(event<sip::CallConfirmed>());
  receive(response(take("BYE "), 200, ""));
  expect_no_residue();
}

TEST_CASE_FIXTURE(Called, "Hung up before the ACK: something is owed until the BYE is answered [RFC 3261 section 15]") {
  CHECK(stack.unfinished() == 0);
  ring_in();
  CHECK(stack.unfinished() > 0);
  pick_up();
  REQUIRE(stack.hang_up(session, now));
  drain();
  CHECK(stack.sessions() == 0);
  CHECK(stack.unfinished() == 1);  // No transaction is open but the INVITE's own, which waits for repeats.
  advance(10s);
  CHECK(stack.unfinished() == 1);
  receive(in_dialog("ACK", 1, our_tag));
  CHECK(stack.unfinished() == 1);
  receive(response(take("BYE "), 200, ""));
  CHECK(stack.unfinished() == 0);
  CHECK(stack.next_deadline());  // Only repeats are waited for.
}

TEST_CASE_FIXTURE(Called, "Hung up, and neither an ACK nor an answer comes: nothing is owed after 128 T1 [RFC 3261 section 15]") {
  ring_in();
  pick_up();
  REQUIRE(stack.hang_up(session, now));
  drain();
  advance(31s);
  CHECK(count("BYE ") == 0);
  advance(2s);
  CHECK(count("BYE ") > 0);
  CHECK(stack.unfinished() == 1);
  advance(32s);
  CHECK(stack.unfinished() == 0);
}

TEST_CASE_FIXTURE(Called, "A refusal is owed until its ACK [RFC 3261 section 17.2.1]") {
  receive(invite());
  session = event<sip::IncomingCall>()->session;
  REQUIRE(stack.reject(session, 486, {}, now));
  drain();
  const std::string busy = take("SIP/2.0 486");
  CHECK(stack.unfinished() == 1);
  std::string ack = in_dialog("ACK", 1, tag_of(header(busy, "To")));
  const std::string own = header(ack, "Via");
  ack.replace(ack.find(own), own.size(), "SIP/2.0/UDP 192.0.2.99:5060;branch=z9hG4bKpeer1;rport");
  receive(ack);
  CHECK(stack.unfinished() == 0);
}

TEST_CASE_FIXTURE(Called, "Both hang up at once: each BYE is answered with 200") {
  talk();
  REQUIRE(stack.hang_up(session, now));
  drain();
  const std::string bye = take("BYE ");
  receive(in_dialog("BYE", 2, our_tag));
  CHECK(take().starts_with("SIP/2.0 200"));
  CHECK(event<sip::CallEnded>());
  CHECK_FALSE(event<sip::CallEnded>());
  receive(response(bye, 481, ""));
  expect_no_residue();
}

TEST_CASE_FIXTURE(Called, "reject sends its status and headers, and ends the call") {
  ring_in();
  sent.clear();
  CHECK(stack.reject(session, 486, {{"Via", "forged"}}, now).error() == sip::StackError::BadHeader);
  REQUIRE(stack.reject(session, 486, {{"Retry-After", "60"}, {"X-A", "1"}}, now));
  drain();
  const std::string busy = take();
  CHECK(busy.starts_with("SIP/2.0 486"));
  CHECK(header(busy, "Retry-After") == "60");
  CHECK(headers(busy, "Via").size() == 1);
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->why == sip::CallEnded::Why::Rejected);
  CHECK(ended->status == 486);
  CHECK(stack.answer(session, {}, now).error() == sip::StackError::WrongState);
}

TEST_CASE_FIXTURE(Called, "Their re-INVITE is told and answered; its 200 is repeated until the ACK [RFC 3261 section 14.2]") {
  talk();
  receive(in_dialog("INVITE", 2, our_tag, "hold"));
  CHECK(take().starts_with("SIP/2.0 100"));
  const auto offer = event<sip::OfferReceived>();
  REQUIRE(offer);
  CHECK(offer->offer.data == "hold");
  REQUIRE(stack.accept_offer(session, {"application/sdp", "held"}, now));
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
  CHECK(stack.accept_offer(session, {}, now).error() == sip::StackError::WrongState);
}

TEST_CASE_FIXTURE(Called, "A re-INVITE without an offer wants ours; the ACK brings the answer [RFC 3261 section 14.2]") {
  talk();
  receive(in_dialog("INVITE", 2, our_tag));
  const auto offer = event<sip::OfferReceived>();
  REQUIRE(offer);
  CHECK(offer->offer.empty());
  REQUIRE(stack.accept_offer(session, {"application/sdp", "ours"}, now));
  drain();
  receive(in_dialog("INVITE", 3, our_tag, "glare"));
  CHECK(!take("SIP/2.0 491").empty());
  receive(in_dialog("ACK", 2, our_tag, "theirs"));
  const auto confirmed = event<sip::CallConfirmed>();
  REQUIRE(confirmed);
  CHECK(confirmed->body.data == "theirs");
}

TEST_CASE_FIXTURE(Called, "A refused offer gets 488 and the call goes on [RFC 3261 section 14.2]") {
  talk();
  receive(in_dialog("INVITE", 2, our_tag, "odd"));
  REQUIRE(stack.refuse_offer(session, 488, now));
  drain();
  CHECK(!take("SIP/2.0 488").empty());
  CHECK(stack.sessions() == 1);
  CHECK_FALSE(event<sip::CallEnded>());
}

TEST_CASE_FIXTURE(Called, "A second re-INVITE before the first is answered gets 500 with Retry-After [RFC 3261 section 14.2]") {
  talk();
  receive(in_dialog("INVITE", 2, our_tag, "one"));
  sent.clear();
  receive(in_dialog("INVITE", 3, our_tag, "two"));
  const std::string later = take("SIP/2.0 500");
  REQUIRE(!later.empty());
  CHECK(std::stoi(header(later, "Retry-After")) <= 10);
  REQUIRE(stack.accept_offer(session, {"application/sdp", "x"}, now));
  drain();
  CHECK(header(take("SIP/2.0 200"), "CSeq") == "2 INVITE");
}

TEST_CASE_FIXTURE(Called, "Their re-INVITE while ours is under way gets 491 [RFC 3261 section 14.2]") {
  talk();
  REQUIRE(stack.offer(session, {"application/sdp", "mine"}, now));
  drain();
  sent.clear();
  receive(in_dialog("INVITE", 2, our_tag, "theirs"));
  CHECK(!take("SIP/2.0 491").empty());
}

TEST_CASE_FIXTURE(Called, "Their BYE ends a re-INVITE that waits for our answer with 487 [RFC 3261 section 15.1.2]") {
  talk();
  receive(in_dialog("INVITE", 2, our_tag, "hold"));
  sent.clear();
  receive(in_dialog("BYE", 3, our_tag));
  CHECK(take().starts_with("SIP/2.0 487"));
  CHECK(take().starts_with("SIP/2.0 200"));
  CHECK(event<sip::CallEnded>());
}

TEST_CASE_FIXTURE(Called, "UPDATE is answered: at once without an offer, by the phone with one [RFC 3311 section 5.2]") {
  talk();
  receive(in_dialog("UPDATE", 2, our_tag));
  CHECK(take().starts_with("SIP/2.0 200"));
  receive(in_dialog("UPDATE", 3, our_tag, "new"));
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.accept_offer(session, {"application/sdp", "ok"}, now));
  drain();
  CHECK(body(take("SIP/2.0 200")) == "ok");
  sent.clear();
  advance(3s);
  CHECK(sent.empty());  // No ACK, so no repeats.
}

TEST_CASE_FIXTURE(
    Called, "Our re-INVITE: 200 is acknowledged and told; each repeat of it gets the same ACK [RFC 3261 section 13.2.2.4]") {
  talk();
  REQUIRE(stack.offer(session, {"application/sdp", "mine"}, now));
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
  REQUIRE(stack.hang_up(session, now));
  drain();
  CHECK(start_line(take("BYE ")) == "BYE sip:al@192.0.2.98 SIP/2.0");  // The target was refreshed.
}

TEST_CASE_FIXTURE(Called, "491 to our re-INVITE: tried again within 2 s, as the Call-ID is not ours [RFC 3261 section 14.1]") {
  talk();
  REQUIRE(stack.offer(session, {"application/sdp", "mine"}, now));
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
  CHECK(stack.sessions() == 1);
}

TEST_CASE_FIXTURE(Called, "481 to our re-INVITE: the session is lost [RFC 3261 section 12.2.1.2]") {
  talk();
  REQUIRE(stack.offer(session, {"application/sdp", "mine"}, now));
  drain();
  receive(response(take("INVITE "), 481, ""));
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->why == sip::CallEnded::Why::SessionLost);
  CHECK(ended->status == 481);
  CHECK(count("BYE ") == 1);
  expect_no_residue();
}

TEST_CASE_FIXTURE(Called, "No answer at all to our re-INVITE: the session is lost as on a 408 [RFC 3261 section 12.2.1.2]") {
  talk();
  REQUIRE(stack.offer(session, {"application/sdp", "mine"}, now));
  drain();
  advance(33s);
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->status == 408);
  advance(33s);
  expect_no_residue();
}

TEST_CASE_FIXTURE(Called, "Drained: a new INVITE gets 503 with Retry-After, a running call goes on") {
  talk();
  stack.set_accepting(false);
  receive(invite("offer", {}, "sip:bot@192.0.2.1"));
  CHECK(take().starts_with("SIP/2.0 482"));  // The same Call-ID and CSeq: merged.
  std::string other = invite();
  other.replace(other.find("call-1"), 6, "call-2");
  receive(other);
  const std::string busy = take();
  CHECK(busy.starts_with("SIP/2.0 503"));
  CHECK(!header(busy, "Retry-After").empty());
  receive(in_dialog("INVITE", 2, our_tag, "hold"));
  CHECK(event<sip::OfferReceived>());
}

TEST_CASE_FIXTURE(
    Called, "A call over a stream is answered on its connection; when that breaks, on a new one [RFC 3261 section 18.2.2]") {
  const sip::Flow stream{{7}, sip::Transport::Tcp, local, address("192.0.2.99", 40000)};
  receive(invite(), stream);
  session = event<sip::IncomingCall>()->session;
  CHECK(take().starts_with("SIP/2.0 100"));
  CHECK(last_flow == stream);
  stack.on_flow_failed(stream, now);
  REQUIRE(stack.answer(session, {"application/sdp", "answer"}, now));
  drain();
  const std::string ok = take();
  CHECK(ok.starts_with("SIP/2.0 200"));
  CHECK(last_flow.id == sip::FlowId{});
  CHECK(last_flow.remote == address("192.0.2.99", 5060));
  CHECK(header(ok, "Contact") == "<sip:bot@192.0.2.1:5060;transport=tcp>");
}

TEST_CASE_FIXTURE(Called,
                  "Without rport the response goes to the port in Via, at the address it came from [RFC 3261 section 18.2.2]") {
  std::string odd = invite();
  odd.replace(odd.find("192.0.2.99:5060;branch"), 15, "10.1.1.1:5099  ");
  odd.erase(odd.find(";rport"), 6);
  odd.replace(odd.find("10.1.1.1:5099  ;"), 16, "10.1.1.1:5099;");
  receive(odd, {{1}, sip::Transport::Udp, local, address("192.0.2.99", 12345)});
  const std::string trying = take();
  CHECK(last_flow.remote == address("192.0.2.99", 5099));
  CHECK(header(trying, "Via").find("received=192.0.2.99") != std::string::npos);
}

TEST_CASE_FIXTURE(Called, "Our REFER is followed to the NOTIFY that says how it ended [RFC 3515 section 2.4.5]") {
  talk();
  REQUIRE(stack.refer(session, "sip:desk@192.0.2.99", now));
  drain();
  const std::string refer = take("REFER ");
  CHECK(header(refer, "Refer-To") == "<sip:desk@192.0.2.99>");
  CHECK(!header(refer, "Contact").empty());
  CHECK(stack.refer(session, "sip:desk@192.0.2.99", now).error() == sip::StackError::WrongState);
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
  notify(4, "SIP/2.0 200 OK\r\n");
  CHECK_FALSE(event<sip::TransferProgress>());
  CHECK(!take("SIP/2.0 481").empty());
}

TEST_CASE_FIXTURE(Called, "A refused REFER is told with its status; silence ends in 408 [RFC 3515 section 2.4.2]") {
  talk();
  REQUIRE(stack.refer(session, "sip:desk@192.0.2.99", now));
  drain();
  receive(response(take("REFER "), 603, ""));
  CHECK(event<sip::TransferProgress>()->status == 603);
  REQUIRE(stack.refer(session, "sip:desk@192.0.2.99", now));
  drain();
  receive(response(take("REFER "), 202, ""));
  advance(179s);
  CHECK_FALSE(event<sip::TransferProgress>());
  advance(2s);
  CHECK(event<sip::TransferProgress>()->status == 408);
}

TEST_CASE_FIXTURE(Called,
                  "CANCEL with the branch of the INVITE but another sent-by matches nothing: 481, and it rings on [RFC "
                  "3261 section 9.2]") {
  const std::string first = invite();
  receive(first);
  REQUIRE(event<sip::IncomingCall>());
  sent.clear();
  std::string forged = header(first, "Via");
  forged.replace(forged.find("192.0.2.99"), 10, "192.0.2.98");
  receive(message("CANCEL sip:bot@192.0.2.1 SIP/2.0", {{"Via", forged},
                                                        {"From", header(first, "From")},
                                                        {"To", header(first, "To")},
                                                        {"Call-ID", "call-1"},
                                                        {"CSeq", "1 CANCEL"}}));
  CHECK(take().starts_with("SIP/2.0 481"));
  CHECK(stack.sessions() == 1);
  CHECK_FALSE(event<sip::CallEnded>());
}

TEST_CASE_FIXTURE(Called, "A CSeq that jumps is taken, one that falls behind it is not [RFC 3261 section 12.2.2]") {
  talk();
  receive(in_dialog("UPDATE", 4000, our_tag));
  CHECK(take().starts_with("SIP/2.0 200"));
  receive(in_dialog("BYE", 3999, our_tag));
  CHECK(take().starts_with("SIP/2.0 500"));
  CHECK(stack.sessions() == 1);
  receive(in_dialog("BYE", 4001, our_tag));
  CHECK(take().starts_with("SIP/2.0 200"));
  CHECK(stack.sessions() == 0);
}

TEST_CASE_FIXTURE(Called,
                  "A BYE with the tags swapped, or of another Call-ID, gets 481 and the call lives [RFC 3261 section 12.2.2]") {
  talk();
  receive(in_dialog("BYE", 2, "peer", {}, {}, our_tag));
  CHECK(take().starts_with("SIP/2.0 481"));
  call_id = "call-2";
  receive(in_dialog("BYE", 2, our_tag));
  CHECK(take().starts_with("SIP/2.0 481"));
  CHECK_FALSE(event<sip::CallEnded>());
  CHECK(stack.sessions() == 1);
}

TEST_CASE_FIXTURE(Called, "The connection of a live call is in use until the call is over") {
  peer = {{77}, sip::Transport::Tcp, local, address("192.0.2.99", 40000)};
  talk();
  advance(40s);  // No transaction is left.
  CHECK(stack.uses(peer));
  CHECK_FALSE(stack.uses({{78}, sip::Transport::Tcp, local, address("192.0.2.98", 40000)}));
  receive(in_dialog("BYE", 2, our_tag));
  advance(40s);
  CHECK_FALSE(stack.uses(peer));
}
