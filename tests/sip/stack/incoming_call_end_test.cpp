#include <offhook/tests/sip/stack/called.hpp>

using namespace offhook;
using namespace offhook::sim;

// --- CANCEL

TEST_CASE_FIXTURE(Called, "CANCEL gets 200 and the INVITE gets 487, which the stack repeats until the ACK [RFC 3261 section 9.2]") {
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
  CHECK(stack.calls().answer(session, {}, now) == base::fail(sip::StackError::UnknownSession));
  expect_no_residue();
}

TEST_CASE_FIXTURE(Called, "A CANCEL with another branch gets 481, and the call keeps ringing [RFC 3261 section 9.2]") {
  ring_in();
  sent.clear();
  receive(message("CANCEL sip:bot@192.0.2.1 SIP/2.0", {{"Via", via()},
                                                        {"From", "<sip:al@192.0.2.99>;tag=peer"},
                                                        {"To", "<sip:bot@192.0.2.1>"},
                                                        {"Call-ID", "call-1"},
                                                        {"CSeq", "1 CANCEL"}}));
  CHECK(take().starts_with("SIP/2.0 481"));
  CHECK(stack.calls().size() == 1);
  CHECK_FALSE(event<sip::CallEnded>());
}

TEST_CASE_FIXTURE(Called, "A CANCEL with the branch of the INVITE and another sent-by gets 481, and the call keeps ringing [RFC 3261 section 9.2]") {
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
  CHECK(stack.calls().size() == 1);
  CHECK_FALSE(event<sip::CallEnded>());
}

TEST_CASE_FIXTURE(Called, "A CANCEL after the 200 changes nothing [RFC 3261 section 9.2]") {
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
  CHECK(stack.calls().size() == 1);
}

// --- the peer's BYE

TEST_CASE_FIXTURE(Called, "The peer's BYE gets 200 and ends the call. A repeated BYE gets the response again [RFC 3261 section 15.1.2]") {
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

TEST_CASE_FIXTURE(Called, "A BYE with a wrong tag gets 481 and the call continues [RFC 3261 section 12.2.2]") {
  talk();
  receive(in_dialog("BYE", 2, our_tag, {}, {}, "forged"));
  CHECK(take().starts_with("SIP/2.0 481"));
  receive(in_dialog("BYE", 3, "wrong"));
  CHECK(take().starts_with("SIP/2.0 481"));
  CHECK_FALSE(event<sip::CallEnded>());
  CHECK(stack.calls().size() == 1);
}

TEST_CASE_FIXTURE(Called, "A BYE with swapped tags or another Call-ID gets 481, and the call continues [RFC 3261 section 12.2.2]") {
  talk();
  receive(in_dialog("BYE", 2, "peer", {}, {}, our_tag));
  CHECK(take().starts_with("SIP/2.0 481"));
  call_id = "call-2";
  receive(in_dialog("BYE", 2, our_tag));
  CHECK(take().starts_with("SIP/2.0 481"));
  CHECK_FALSE(event<sip::CallEnded>());
  CHECK(stack.calls().size() == 1);
}

TEST_CASE_FIXTURE(Called, "A request whose CSeq does not rise gets 500 [RFC 3261 section 12.2.2]") {
  talk();
  receive(in_dialog("INFO", 1, our_tag));
  CHECK(take().starts_with("SIP/2.0 500"));
  CHECK(stack.calls().size() == 1);
}

TEST_CASE_FIXTURE(Called, "A BYE ends the call with any CSeq [RFC 3261 sections 12.2.2 and 15.1.2]") {
  talk();
  receive(in_dialog("UPDATE", 4000, our_tag));
  CHECK(take().starts_with("SIP/2.0 200"));
  int number = 0;
  SUBCASE("lower than the last one") { number = 3999; }
  SUBCASE("the same") { number = 4000; }
  SUBCASE("zero") { number = 0; }
  receive(in_dialog("BYE", number, our_tag, {}, {}, "stranger"));  // Both tags must still match.
  CHECK(take().starts_with("SIP/2.0 481"));
  CHECK(stack.calls().size() == 1);
  receive(in_dialog("BYE", number, our_tag));
  CHECK(take().starts_with("SIP/2.0 200"));
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->by == sip::CallEnded::By::Remote);
  CHECK(ended->why == sip::CallEnded::Why::Bye);
  expect_no_residue();
}

TEST_CASE_FIXTURE(Called, "A BYE with any CSeq ends a ringing call [RFC 3261 section 15.1.2]") {
  ring_in();
  REQUIRE(stack.calls().ring(session, now));
  drain();
  our_tag = tag_of(header(take("SIP/2.0 180"), "To"));
  receive(in_dialog("BYE", 1, our_tag));
  CHECK(take().starts_with("SIP/2.0 200"));
  CHECK(take().starts_with("SIP/2.0 487"));
  CHECK(event<sip::CallEnded>());
}

TEST_CASE_FIXTURE(Called, "The stack accepts a CSeq that skips numbers, and then refuses a lower CSeq [RFC 3261 section 12.2.2]") {
  talk();
  receive(in_dialog("UPDATE", 4000, our_tag));
  CHECK(take().starts_with("SIP/2.0 200"));
  receive(in_dialog("UPDATE", 3999, our_tag));
  CHECK(take().starts_with("SIP/2.0 500"));
  CHECK(stack.calls().size() == 1);
  receive(in_dialog("BYE", 4001, our_tag));
  CHECK(take().starts_with("SIP/2.0 200"));
  CHECK(stack.calls().size() == 0);
}

TEST_CASE_FIXTURE(Called, "If the caller sends BYE while the call rings, the INVITE gets 487 [RFC 3261 section 15]") {
  receive(invite());
  session = event<sip::IncomingCall>()->session;
  REQUIRE(stack.calls().ring(session, now));
  drain();
  our_tag = tag_of(header(take("SIP/2.0 180"), "To"));
  receive(in_dialog("BYE", 2, our_tag));
  CHECK(take().starts_with("SIP/2.0 200"));
  CHECK(take().starts_with("SIP/2.0 487"));
  CHECK(event<sip::CallEnded>());
}

// --- the INVITE's Expires

TEST_CASE_FIXTURE(Called, "An INVITE gets 487 when its Expires has passed without a final response [RFC 3261 section 13.3.1]") {
  ring_in("offer", {{"Expires", "30"}});
  REQUIRE(stack.calls().ring(session, now));
  drain();
  sent.clear();
  advance(30s - 1ms);
  CHECK(count("SIP/2.0 487") == 0);
  advance(1ms);
  const std::string expired = take("SIP/2.0 487");
  CHECK(header(expired, "CSeq") == "1 INVITE");
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->by == sip::CallEnded::By::Remote);
  CHECK(ended->why == sip::CallEnded::Why::Cancelled);
  CHECK(ended->status == 487);
  CHECK_FALSE(stack.calls().answer(session, kAnswer, now));
  expect_no_residue();
}

TEST_CASE_FIXTURE(Called, "An INVITE does not expire after it is answered [RFC 3261 section 13.3.1]") {
  ring_in("offer", {{"Expires", "30"}});
  advance(30s - 1ms);
  pick_up();
  receive(in_dialog("ACK", 1, our_tag));
  sent.clear();
  events.clear();
  advance(60s);
  CHECK(sent.empty());
  CHECK(events.empty());
  CHECK(stack.calls().size() == 1);
}

TEST_CASE_FIXTURE(Called, "An INVITE expires even while its 200 waits for a PRACK [RFC 3261 section 13.3.1]") {
  ring_in("offer", {{"Expires", "5"}, {"Require", "100rel"}});
  REQUIRE(stack.calls().progress(session, {"application/sdp", "early"}, now));
  REQUIRE(stack.calls().answer(session, kAnswer, now));
  drain();
  REQUIRE(count("SIP/2.0 200") == 0);
  advance(5s);
  CHECK(count("SIP/2.0 487") == 1);
  CHECK(event<sip::CallEnded>());
  expect_no_residue();
}

TEST_CASE_FIXTURE(Called, "An Expires of 0 ends the call at once. The largest value and an invalid value do not end the call") {
  SUBCASE("0") {
    ring_in("offer", {{"Expires", "0"}});
    advance(0s);
    CHECK(count("SIP/2.0 487") == 1);
    CHECK(event<sip::CallEnded>());
  }
  for (const std::string value : {"4294967295", "soon", ""}) {
    SUBCASE(value.c_str()) {
      ring_in("offer", {{"Expires", value}});
      advance(3600s);
      CHECK(count("SIP/2.0 487") == 0);
      CHECK(stack.calls().size() == 1);
    }
  }
}

// --- the agent's BYE

TEST_CASE_FIXTURE(Called, "The agent sends its BYE to the Contact along the Record-Route, with the next CSeq [RFC 3261 section 12.2.1.1]") {
  ring_in("offer", {{"Record-Route", "<sip:192.0.2.50:5070;lr>, <sip:192.0.2.51;lr>"}});
  pick_up();
  receive(in_dialog("ACK", 1, our_tag));
  sent.clear();
  REQUIRE(stack.calls().hang_up(session, now));
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
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  const std::string bye = take();
  CHECK(start_line(bye) == "BYE sip:192.0.2.50 SIP/2.0");
  CHECK(headers(bye, "Route") == std::vector<std::string>{"<sip:192.0.2.51;lr>", "<sip:al@192.0.2.99>"});
}

TEST_CASE_FIXTURE(Called, "If the application hangs up before the ACK, the BYE waits for the ACK [RFC 3261 section 15]") {
  ring_in();
  pick_up();
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  CHECK(event<sip::CallEnded>());
  CHECK(count("BYE ") == 0);
  CHECK(stack.calls().hang_up(session, now) == base::fail(sip::StackError::WrongState));
  receive(in_dialog("ACK", 1, our_tag));
  CHECK(count("BYE ") == 1);
  CHECK_FALSE(event<sip::CallConfirmed>());
  receive(response(take("BYE "), 200, ""));
  expect_no_residue();
}

TEST_CASE_FIXTURE(Called, "When both sides hang up at the same time, each BYE gets 200") {
  talk();
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  const std::string bye = take("BYE ");
  receive(in_dialog("BYE", 2, our_tag));
  CHECK(take().starts_with("SIP/2.0 200"));
  CHECK(event<sip::CallEnded>());
  CHECK_FALSE(event<sip::CallEnded>());
  receive(response(bye, 481, ""));
  expect_no_residue();
}

// --- unfinished(): the number of requests and responses that the stack still has to complete

TEST_CASE_FIXTURE(Called, "After hang_up() before the ACK, unfinished() counts the call until the BYE has a response [RFC 3261 section 15]") {
  CHECK(stack.unfinished() == 0);
  ring_in();
  CHECK(stack.unfinished() > 0);
  pick_up();
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  CHECK(stack.calls().size() == 0);
  CHECK(stack.unfinished() == 1);  // This counts the call. Of its transactions, only that of the INVITE still exists, to absorb retransmissions.
  advance(10s);
  CHECK(stack.unfinished() == 1);
  receive(in_dialog("ACK", 1, our_tag));
  CHECK(stack.unfinished() == 1);
  receive(response(take("BYE "), 200, ""));
  CHECK(stack.unfinished() == 0);
  CHECK(stack.next_deadline());  // The stack waits only for retransmissions.
}

TEST_CASE_FIXTURE(Called, "If neither an ACK nor a response to the BYE arrives after hang_up(), unfinished() is 0 after 128 T1 [RFC 3261 section 15]") {
  ring_in();
  pick_up();
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  advance(31s);
  CHECK(count("BYE ") == 0);
  advance(2s);
  CHECK(count("BYE ") > 0);
  CHECK(stack.unfinished() == 1);
  advance(32s);
  CHECK(stack.unfinished() == 0);
}

TEST_CASE_FIXTURE(Called, "unfinished() counts a refusal until its ACK [RFC 3261 section 17.2.1]") {
  receive(invite());
  session = event<sip::IncomingCall>()->session;
  REQUIRE(stack.calls().reject(session, 486, {}, now));
  drain();
  const std::string busy = take("SIP/2.0 486");
  CHECK(stack.unfinished() == 1);
  std::string ack = in_dialog("ACK", 1, tag_of(header(busy, "To")));
  const std::string own = header(ack, "Via");
  ack.replace(ack.find(own), own.size(), "SIP/2.0/UDP 192.0.2.99:5060;branch=z9hG4bKpeer1;rport");
  receive(ack);
  CHECK(stack.unfinished() == 0);
}
