#include <offhook/tests/sip/stack/called.hpp>

using namespace offhook;
using namespace offhook::sim;

TEST_CASE_FIXTURE(Called, "An INVITE gets 100 at once and gives IncomingCall with the values of its fields [RFC 3261 section 17.2.1]") {
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
  CHECK(stack.calls().size() == 1);
}

TEST_CASE_FIXTURE(Called, "180, 183 and 200 of a call have the same To tag, Contact and Record-Route [RFC 3261 section 12.1.1]") {
  ring_in("offer", {{"Record-Route", "<sip:p1.example;lr>, <sip:p2.example;lr>"}});
  sent.clear();
  REQUIRE(stack.calls().ring(session, now));
  REQUIRE(stack.calls().progress(session, {"application/sdp", "early"}, now));
  REQUIRE(stack.calls().answer(session, {"application/sdp", "answer"}, now));
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

TEST_CASE_FIXTURE(Called, "Each INVITE passes the general checks of requests, even in a call. An INVITE in an unknown dialog gets 481 [RFC 3261 section 13.3]") {
  const auto status_of = [&](const std::string& text) {
    sent.clear();
    receive(text);
    return take().substr(8, 3);
  };
  const Fields requires_much{{"Require", "precondition"}}, packed{{"Content-Encoding", "gzip"}};
  CHECK(status_of(invite("offer", requires_much)) == "420");
  std::string another = invite("offer", packed);
  CHECK(status_of(another.replace(another.find("call-1"), 6, "call-2")) == "415");
  CHECK(status_of(in_dialog("INVITE", 2, "nobodys", "offer")) == "481");
  CHECK_FALSE(event<sip::IncomingCall>());
  CHECK(stack.calls().size() == 0);
  advance(64 * 500ms);  // Before this time the stack would treat the next INVITE as a merged request.
  talk();
  CHECK(status_of(in_dialog("INVITE", 2, our_tag, "offer", requires_much)) == "420");
  CHECK(status_of(in_dialog("INVITE", 3, our_tag, "offer", packed)) == "415");
  CHECK(status_of(in_dialog("INVITE", 1, our_tag, "offer")) == "500");  // The CSeq does not rise: section 12.2.2.
  CHECK_FALSE(event<sip::OfferReceived>());
  CHECK(status_of(in_dialog("INVITE", 4, our_tag, "offer")) == "100");
  CHECK(event<sip::OfferReceived>());
  CHECK(stack.calls().size() == 1);
}

TEST_CASE_FIXTURE(Called, "The stack repeats a provisional response every minute [RFC 3261 section 13.3.1.1]") {
  ring_in();
  REQUIRE(stack.calls().ring(session, now));
  drain();
  sent.clear();
  advance(59s);
  CHECK(count("SIP/2.0 180") == 0);
  advance(2s);
  CHECK(count("SIP/2.0 180") == 1);
  advance(60s);
  CHECK(count("SIP/2.0 180") == 2);
}

TEST_CASE_FIXTURE(Called, "The stack repeats a 200 after T1, and then after intervals that double up to T2, until the ACK [RFC 3261 section 13.3.1.4]") {
  ring_in();
  pick_up();
  sent.clear();
  advance(499ms);
  CHECK(count("SIP/2.0 200") == 0);
  advance(1ms);
  CHECK(count("SIP/2.0 200") == 1);
  advance(1000ms);
  CHECK(count("SIP/2.0 200") == 2);
  advance(6000ms);  // The repeats at 3.5 and 7.5 s.
  CHECK(count("SIP/2.0 200") == 4);
  advance(4000ms);
  CHECK(count("SIP/2.0 200") == 5);
  receive(in_dialog("ACK", 1, our_tag));
  CHECK(event<sip::CallConfirmed>());
  sent.clear();
  advance(20s);
  CHECK(sent.empty());
}

TEST_CASE_FIXTURE(Called, "Without an ACK for 64 T1 the agent sends BYE and the call ends as NoAck [RFC 3261 section 13.3.1.4]") {
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

TEST_CASE_FIXTURE(Called, "An ACK with another CSeq or a wrong tag does not stop the repeats of the 200 [RFC 3261 section 13.2.2.4]") {
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

TEST_CASE_FIXTURE(Called, "A second ACK causes no message and no event") {
  talk();
  receive(in_dialog("ACK", 1, our_tag));
  CHECK(sent.empty());
  CHECK(events.empty());
}

TEST_CASE_FIXTURE(Called, "A retransmitted INVITE gets the last response and creates no second call [RFC 3261 section 17.2.1]") {
  const std::string first = invite();
  receive(first);
  REQUIRE(event<sip::IncomingCall>());
  sent.clear();
  receive(first);
  CHECK(count("SIP/2.0 100") == 1);
  CHECK_FALSE(event<sip::IncomingCall>());
  CHECK(stack.counters().retransmissions_absorbed == 1);
  CHECK(stack.calls().size() == 1);
}

TEST_CASE_FIXTURE(Called, "An INVITE that arrives again with another branch, over another path, is a merged request and gets 482 [RFC 3261 section 8.2.2.2]") {
  ring_in();
  sent.clear();
  receive(invite());  // Only the branch differs.
  CHECK(take().starts_with("SIP/2.0 482"));
  CHECK(stack.calls().size() == 1);
}

TEST_CASE_FIXTURE(Called, "For an INVITE without an offer, the 200 has the agent's offer and the ACK the answer [RFC 3261 section 13.2.1]") {
  ring_in("");
  pick_up("our offer");
  receive(in_dialog("ACK", 1, our_tag, "their answer"));
  const auto confirmed = event<sip::CallConfirmed>();
  REQUIRE(confirmed);
  CHECK(confirmed->body.data == "their answer");
}

TEST_CASE_FIXTURE(Called,
    "An ACK without an answer to the agent's offer stops the repeats and gives CallConfirmed without a body [RFC 3261 section 13.3.1.4]") {
  ring_in("");
  pick_up("our offer");
  receive(in_dialog("ACK", 1, our_tag));
  const auto confirmed = event<sip::CallConfirmed>();
  REQUIRE(confirmed);
  CHECK(confirmed->body.empty());
  sent.clear();
  advance(40s);
  CHECK(sent.empty());
  CHECK(stack.calls().size() == 1);
}

TEST_CASE_FIXTURE(Called, "reject() sends the given status and header fields, and ends the call") {
  ring_in();
  sent.clear();
  CHECK(stack.calls().reject(session, 486, {{"Via", "forged"}}, now) == base::fail(sip::StackError::BadHeader));
  REQUIRE(stack.calls().reject(session, 486, {{"Retry-After", "60"}, {"X-A", "1"}}, now));
  drain();
  const std::string busy = take();
  CHECK(busy.starts_with("SIP/2.0 486"));
  CHECK(header(busy, "Retry-After") == "60");
  CHECK(headers(busy, "Via").size() == 1);
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->why == sip::CallEnded::Why::Rejected);
  CHECK(ended->status == 486);
  CHECK(stack.calls().answer(session, {}, now) == base::fail(sip::StackError::WrongState));
}

TEST_CASE_FIXTURE(Called, "redirect() sends a 3xx with a Contact for each target, the best target first, and no Contact of the agent [RFC 3261 section 21.3]") {
  ring_in();
  sent.clear();
  for (const std::string bad : {"", "nobody", "sip:", "sip:a@192.0.2.7>, <sip:b@192.0.2.8", "sip:a@192.0.2.7;x=1>;q=0, <sip:b@192.0.2.8",
                                "http:a> b <c"}) {
    CAPTURE(bad);
    CHECK(stack.calls().redirect(session, {"sip:desk@192.0.2.7", bad}, now) == base::fail(sip::StackError::BadUri));
  }
  CHECK(stack.calls().redirect(session, {"sip:desk@192.0.2.7"}, now, 302, {{"Contact", "<sip:x@192.0.2.9>"}}) == base::fail(sip::StackError::BadHeader));
  for (const int status : {200, 299, 400}) {
    CHECK(stack.calls().redirect(session, {"sip:desk@192.0.2.7"}, now, status) == base::fail(sip::StackError::WrongState));
  }
  REQUIRE(stack.calls().redirect(session, {"sip:desk@192.0.2.7;transport=tcp", "tel:+15550100"}, now, 301, {{"X-A", "1"}}));
  drain();
  const std::string moved = take();
  CHECK(moved.starts_with("SIP/2.0 301 Moved Permanently"));
  CHECK(headers(moved, "Contact") == std::vector<std::string>{"<sip:desk@192.0.2.7;transport=tcp>", "<tel:+15550100>;q=0.500"});
  CHECK(header(moved, "X-A") == "1");
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->by == sip::CallEnded::By::Local);
  CHECK(ended->status == 301);
  CHECK(stack.calls().redirect(session, {"sip:desk@192.0.2.7"}, now) == base::fail(sip::StackError::WrongState));
}

TEST_CASE_FIXTURE(Called, "provisional() sends the statuses 101 to 199 with the given header fields, and refuses other statuses [RFC 3261 section 21.1]") {
  ring_in();
  sent.clear();
  for (const int status : {100, 200, 99}) CHECK(stack.calls().provisional(session, status, {}, now) == base::fail(sip::StackError::WrongState));
  drain();
  CHECK(sent.empty());
  for (const int status : {101, 181, 182, 199}) REQUIRE(stack.calls().provisional(session, status, {}, now, {{"X-At", std::to_string(status)}}));
  drain();
  for (const std::string status : {"101", "181", "182", "199"}) CHECK(header(take("SIP/2.0 " + status), "X-At") == status);
}

TEST_CASE_FIXTURE(Called, "After set_accepting(false) a new INVITE gets 503 with Retry-After, and an established call continues") {
  talk();
  stack.set_accepting(false);
  receive(invite("offer", {}, "sip:bot@192.0.2.1"));
  CHECK(take().starts_with("SIP/2.0 482"));  // The Call-ID and CSeq are the same, so that this is a merged request.
  std::string other = invite();
  other.replace(other.find("call-1"), 6, "call-2");
  receive(other);
  const std::string busy = take();
  CHECK(busy.starts_with("SIP/2.0 503"));
  CHECK(!header(busy, "Retry-After").empty());
  receive(in_dialog("INVITE", 2, our_tag, "hold"));
  CHECK(event<sip::OfferReceived>());
}

TEST_CASE_FIXTURE(Called, "A call over a stream gets its responses on the same connection, or on a new one if this connection breaks [RFC 3261 section 18.2.2]") {
  const sip::Flow stream{{7}, sip::Transport::Tcp, local, address("192.0.2.99", 40000)};
  receive(invite(), stream);
  session = event<sip::IncomingCall>()->session;
  CHECK(take().starts_with("SIP/2.0 100"));
  CHECK(last_flow == stream);
  stack.on_flow_failed(stream, now);
  REQUIRE(stack.calls().answer(session, {"application/sdp", "answer"}, now));
  drain();
  const std::string ok = take();
  CHECK(ok.starts_with("SIP/2.0 200"));
  CHECK(last_flow.id == sip::FlowId{});
  CHECK(last_flow.remote == address("192.0.2.99", 5060));
  CHECK(header(ok, "Contact") == "<sip:bot@192.0.2.1:5060;transport=tcp>");
}

TEST_CASE_FIXTURE(Called, "Without rport the stack sends the response to the source address and the port in Via [RFC 3261 section 18.2.2]") {
  std::string odd = invite();
  odd.replace(odd.find("192.0.2.99:5060;branch"), 15, "10.1.1.1:5099  ");
  odd.erase(odd.find(";rport"), 6);
  odd.replace(odd.find("10.1.1.1:5099  ;"), 16, "10.1.1.1:5099;");
  receive(odd, {{1}, sip::Transport::Udp, local, address("192.0.2.99", 12345)});
  const std::string trying = take();
  CHECK(last_flow.remote == address("192.0.2.99", 5099));
  CHECK(header(trying, "Via").find("received=192.0.2.99") != std::string::npos);
}

TEST_CASE_FIXTURE(Called, "With rport the stack sends the response to the source address and port, even if Via and Contact have other ports [RFC 3581 section 4]") {
  std::string odd = invite();
  odd.replace(odd.find("192.0.2.99:5060;branch"), 15, "192.0.2.99:5099");
  odd.replace(odd.find("Contact: <sip:al@192.0.2.99>"), 28, "Contact: <sip:al@192.0.2.99:5070>");
  receive(odd, {{1}, sip::Transport::Udp, local, address("192.0.2.99", 12345)});
  const std::string trying = take();
  CHECK(last_flow.remote == address("192.0.2.99", 12345));
  CHECK(header(trying, "Via").find("rport=12345") != std::string::npos);
}

TEST_CASE_FIXTURE(Called, "uses() returns true for the connection of an established call until the call has ended") {
  peer = {{77}, sip::Transport::Tcp, local, address("192.0.2.99", 40000)};
  talk();
  advance(40s);  // All transactions have ended; only the call uses the connection.
  CHECK(stack.uses(peer));
  CHECK_FALSE(stack.uses({{78}, sip::Transport::Tcp, local, address("192.0.2.98", 40000)}));
  receive(in_dialog("BYE", 2, our_tag));
  advance(40s);
  CHECK_FALSE(stack.uses(peer));
}
