#include <offhook/tests/sip/stack/caller.hpp>

#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::sim;

TEST_CASE_FIXTURE(Caller, "An INVITE of the agent has all mandatory header fields, and the stack sends it to the registrar [RFC 3261 section 8.1.1]") {
  dial();
  CHECK(start_line(first) == "INVITE sip:desk@192.0.2.99 SIP/2.0");
  CHECK(last_flow.remote == address("192.0.2.50", 5060));
  CHECK(header(first, "Via").starts_with("SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK"));
  CHECK(header(first, "Via").ends_with(";rport"));
  CHECK(header(first, "Max-Forwards") == "70");
  CHECK(header(first, "From").starts_with("\"The \\\"Bot\\\"\" <sip:bot@pbx.example>;tag="));
  CHECK(header(first, "To") == "<sip:desk@192.0.2.99>");
  CHECK(header(first, "Contact") == "<sip:bot@192.0.2.1:5060>");
  CHECK(header(first, "X-Trace") == "7");
  CHECK(headers(first, "Route").empty());
  CHECK(body(first) == "offer");
}

TEST_CASE_FIXTURE(Caller, "Without through_registrar, the stack sends the INVITE directly to the target") {
  dial("offer", false);
  CHECK(last_flow.remote == address("192.0.2.99", 5060));
}

TEST_CASE_FIXTURE(Caller,
    "The stack reports that an outgoing call rings and is answered, sends the ACK to the target, and ends the call at the peer's BYE [RFC 3261 section 13.2.2.4]") {
  dial();
  receive(response(first, 100, ""));
  CHECK_FALSE(event<sip::CallProgress>());
  receive(response(first, 180, "a"));
  const auto ringing = event<sip::CallProgress>();
  REQUIRE(ringing);
  CHECK(ringing->status == 180);
  CHECK(ringing->branch_tag == "a");
  const std::string ok = response(first, 200, "a", "answer", contact());
  receive(ok);
  CHECK(event<sip::CallAnswered>()->body.data == "answer");
  const std::string ack = take("ACK ");
  CHECK(start_line(ack) == "ACK sip:desk@192.0.2.99:5062 SIP/2.0");
  CHECK(header(ack, "CSeq") == "1 ACK");
  CHECK(header(ack, "Via") != header(first, "Via"));
  CHECK(last_flow.remote == address("192.0.2.99", 5062));
  receive(ok);
  CHECK(take("ACK ") == ack);
  CHECK_FALSE(event<sip::CallAnswered>());
  receive(in_dialog("BYE", 1, our_tag(), {}, {}, "a"));
  CHECK(!take("SIP/2.0 200").empty());
  CHECK(event<sip::CallEnded>()->by == sip::CallEnded::By::Remote);
  expect_no_residue();
}

TEST_CASE_FIXTURE(Caller, "The route set of an outgoing call is the reversed Record-Route [RFC 3261 section 12.1.2]") {
  dial();
  Fields fields = contact();
  fields.emplace_back("Record-Route", "<sip:192.0.2.60;lr>, <sip:192.0.2.50;lr>");
  receive(response(first, 200, "a", "answer", fields));
  const std::string ack = take("ACK ");
  CHECK(headers(ack, "Route") == std::vector<std::string>{"<sip:192.0.2.50;lr>", "<sip:192.0.2.60;lr>"});
  CHECK(last_flow.remote == address("192.0.2.50", 5060));
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  const std::string bye = take("BYE ");
  CHECK(headers(bye, "Route").size() == 2);
  CHECK(header(bye, "CSeq") == "2 BYE");
}

TEST_CASE_FIXTURE(Caller, "A 2xx with an invalid Record-Route ends the call") {
  dial();
  Fields fields = contact();
  fields.emplace_back("Record-Route", "<sip:192.0.2.50;lr");
  receive(response(first, 200, "a", "answer", fields));
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->why == sip::CallEnded::Why::SessionLost);
  expect_no_residue();
}

TEST_CASE_FIXTURE(Caller,
    "The early dialogs of a fork are separate. The first 2xx establishes the call, and the next 2xx gets ACK and BYE [RFC 3261 section 13.2.2.4]") {
  dial();
  receive(response(first, 180, "a", {}, contact()));
  receive(response(first, 183, "b", "early b", {{"Contact", "<sip:b@192.0.2.98>"}}));
  CHECK(event<sip::CallProgress>()->branch_tag == "a");
  CHECK(event<sip::CallProgress>()->branch_tag == "b");
  receive(response(first, 200, "b", "answer b", {{"Contact", "<sip:b@192.0.2.98>"}}));
  CHECK(event<sip::CallAnswered>()->body.data == "answer b");
  CHECK(start_line(take("ACK ")) == "ACK sip:b@192.0.2.98 SIP/2.0");
  const std::string late = response(first, 200, "a", "answer a", contact());
  receive(late);
  const std::string ack = take(), bye = take();
  CHECK(start_line(ack) == "ACK sip:desk@192.0.2.99:5062 SIP/2.0");
  CHECK(tag_of(header(ack, "To")) == "a");
  CHECK(bye.starts_with("BYE sip:desk@192.0.2.99:5062"));
  CHECK(tag_of(header(bye, "To")) == "a");
  receive(response(bye, 200, ""));
  receive(late);
  CHECK(take() == ack);  // The repeated 2xx gets the same ACK, and no second BYE.
  CHECK(sent.empty());
  CHECK_FALSE(event<sip::CallEnded>());
  CHECK(stack.calls().size() == 1);
  receive(in_dialog("BYE", 1, our_tag(), {}, {}, "a"));  // An abandoned branch cannot end the call.
  CHECK(!take("SIP/2.0 481").empty());
  CHECK(stack.calls().size() == 1);
}

TEST_CASE_FIXTURE(Caller, "The stack does not answer a challenge to the BYE of an abandoned branch before the registrar's address is known [RFC 3261 section 22]") {
  dial();
  const Fields along{{"Contact", "<sip:b@192.0.2.98>"}, {"Record-Route", "<sip:192.0.2.50;lr>"}};
  receive(response(first, 200, "b", "answer b", along));
  receive(response(first, 200, "a", "answer a", along));
  const std::string bye = take("BYE ");
  REQUIRE(!bye.empty());
  CHECK(last_flow.remote == address("192.0.2.50", 5060));
  const Fields proxy{{"Proxy-Authenticate", "Digest realm=\"pbx\", nonce=\"n1\", algorithm=MD5, qop=\"auth\""}};
  // The stack does not know yet that this address is the registrar's. A challenge to INVITE or REGISTER would show it.
  receive(response(bye, 407, "", {}, proxy));
  CHECK(count("BYE ") == 0);
}

TEST_CASE_FIXTURE(Caller, "The stack answers the registrar's challenge to the BYE of an abandoned branch [RFC 3261 section 22.3]") {
  dial();
  const Fields proxy{{"Proxy-Authenticate", "Digest realm=\"pbx\", nonce=\"n1\", algorithm=MD5, qop=\"auth\""}};
  receive(response(first, 407, "x", {}, proxy));  // This shows the registrar's address.
  const std::string again = take("INVITE ");
  REQUIRE(!header(again, "Proxy-Authorization").empty());
  const Fields along{{"Contact", "<sip:b@192.0.2.98>"}, {"Record-Route", "<sip:192.0.2.50;lr>"}};
  receive(response(again, 200, "b", "answer b", along));
  receive(response(again, 200, "a", "answer a", along));
  const std::string bye = take("BYE ");
  REQUIRE(!bye.empty());
  receive(response(bye, 407, "", {}, {{"Proxy-Authenticate", "Digest realm=\"pbx\", nonce=\"n2\", qop=\"auth\""}}));
  const std::string retry = take("BYE ");
  REQUIRE(!retry.empty());
  CHECK(header(retry, "Proxy-Authorization").find("nonce=\"n2\"") != std::string::npos);
  CHECK(tag_of(header(retry, "To")) == "a");
  CHECK(std::stoi(header(retry, "CSeq")) == std::stoi(header(bye, "CSeq")) + 1);
  CHECK(header(retry, "Via") != header(bye, "Via"));
  receive(response(retry, 200, ""));
  CHECK(stack.calls().size() == 1);  // The call continues on the other branch.
  // Only the registrar gets a digest. The abandoned branch c sends its challenge from its own host.
  receive(response(again, 200, "c", "answer c", {{"Contact", "<sip:c@192.0.2.97>"}}));
  const std::string straight = take("BYE ");
  CHECK(last_flow.remote == address("192.0.2.97", 5060));
  receive(response(straight, 407, "", {}, proxy));
  CHECK(count("BYE ") == 0);
}

TEST_CASE_FIXTURE(Caller, "A 2xx that is repeated after the agent's BYE gets its ACK, and no second BYE [RFC 3261 section 13.2.2.4]") {
  dial();
  const std::string ok = response(first, 200, "a", "answer", contact());
  receive(ok);
  const std::string ack = take("ACK ");
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  const std::string bye = take("BYE ");
  receive(ok);
  CHECK(take() == ack);
  receive(response(bye, 200, ""));
  receive(ok);
  CHECK(take() == ack);
  CHECK(sent.empty());
  CHECK_FALSE(stack.calls().offer(session, {"application/sdp", "x"}, now));
  expect_no_residue();
}

TEST_CASE_FIXTURE(Caller, "A refusal gets an ACK and ends the call with its status [RFC 3261 section 13.2.2.3]") {
  dial();
  receive(response(first, 486, "a"));
  CHECK(!take("ACK ").empty());
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->why == sip::CallEnded::Why::Rejected);
  CHECK(ended->status == 486);
  receive(response(first, 486, "a"));
  CHECK(!take("ACK ").empty());
  CHECK_FALSE(event<sip::CallEnded>());
  expect_no_residue();
}

TEST_CASE_FIXTURE(Caller, "If no response arrives within 64 T1, the call ends as NoAnswer with 408 [RFC 3261 section 17.1.1.2]") {
  dial();
  advance(33s);
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->why == sip::CallEnded::Why::NoAnswer);
  CHECK(ended->status == 408);
  expect_no_residue();
}

TEST_CASE_FIXTURE(Caller, "The stack cancels a call that rings for 180 s, and ends it as NoAnswer [RFC 3261 section 13.3.1.1]") {
  dial();
  receive(response(first, 180, "a"));
  advance(179999ms);
  CHECK(count("CANCEL ") == 0);
  CHECK_FALSE(event<sip::CallEnded>());
  advance(1ms);
  CHECK(count("CANCEL ") == 1);
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->why == sip::CallEnded::Why::NoAnswer);
  expect_no_residue();
  CHECK(stack.calls().hang_up(session, now) == base::fail(sip::StackError::UnknownSession));
}

TEST_CASE_FIXTURE(Caller, "The stack drops a response whose top Via is not from this stack [RFC 3261 section 18.1.2]") {
  dial();
  std::string forged = response(first, 200, "a", "answer", contact());
  forged.replace(forged.find("192.0.2.1:5060"), 14, "192.0.2.7:5060");
  receive(forged);
  CHECK(stack.counters().stray_responses == 1);
  CHECK_FALSE(event<sip::CallAnswered>());
  receive(message("SIP/2.0 200 OK",
                  {{"Via", via()}, {"From", "<sip:a@b>;tag=1"}, {"To", "<sip:c@d>;tag=2"}, {"Call-ID", "z"}, {"CSeq", "1 BYE"}}));
  CHECK(stack.counters().stray_responses == 2);
}

TEST_CASE_FIXTURE(Caller, "The stack drops a response with another branch or for another method [RFC 3261 section 17.1.3]") {
  dial();
  std::string foreign = response(first, 200, "a", "answer", contact());
  const auto at = foreign.find("z9hG4bK") + 7;
  foreign[at] = foreign[at] == 'a' ? 'b' : 'a';
  receive(foreign);
  std::string method = response(first, 200, "a", "answer", contact());
  method.replace(method.find("CSeq: 1 INVITE"), 14, "CSeq: 1 BYE");
  receive(method);
  CHECK(stack.counters().stray_responses == 2);
  CHECK_FALSE(event<sip::CallAnswered>());
  CHECK(sent.empty());
}

TEST_CASE_FIXTURE(Caller, "Commands with an unknown session, an unknown account or an invalid URI fail") {
  CHECK(stack.calls().hang_up(sip::SessionId{99}, now) == base::fail(sip::StackError::UnknownSession));
  sip::CallOptions options;
  options.account = account;
  options.target = "not a uri";
  CHECK(stack.calls().call(options, now) == base::fail(sip::StackError::BadUri));
  options.account = {};
  CHECK(stack.calls().call(options, now) == base::fail(sip::StackError::UnknownAccount));
  dial();
  CHECK(stack.calls().answer(session, {}, now) == base::fail(sip::StackError::WrongState));
  CHECK(stack.calls().offer(session, {"application/sdp", "x"}, now) == base::fail(sip::StackError::WrongState));
}

// --- CANCEL

TEST_CASE_FIXTURE(Caller, "CANCEL waits for a provisional response, and 487 ends the INVITE [RFC 3261 section 9.1]") {
  dial();
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  CHECK(event<sip::CallEnded>()->why == sip::CallEnded::Why::Cancelled);
  CHECK(count("CANCEL ") == 0);
  receive(response(first, 180, "a"));
  const std::string cancel = take("CANCEL ");
  CHECK(header(cancel, "Via") == header(first, "Via"));
  CHECK(header(cancel, "CSeq") == "1 CANCEL");
  CHECK(header(cancel, "To") == header(first, "To"));
  receive(response(cancel, 200, "a"));
  receive(response(first, 487, "a"));
  const std::string ack = take("ACK ");
  CHECK(header(ack, "Via") == header(first, "Via"));
  CHECK(tag_of(header(ack, "To")) == "a");
  CHECK_FALSE(event<sip::CallEnded>());
  expect_no_residue();
}

TEST_CASE_FIXTURE(Caller, "If the CANCEL crosses a 200, the stack sends ACK and then BYE [RFC 3261 section 9.1]") {
  dial();
  receive(response(first, 180, "a"));
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  CHECK(!take("CANCEL ").empty());
  receive(response(first, 200, "a", "answer", contact()));
  CHECK(take().starts_with("ACK "));
  const std::string bye = take();
  CHECK(bye.starts_with("BYE "));
  receive(response(bye, 200, ""));
  CHECK_FALSE(event<sip::CallAnswered>());
  expect_no_residue();
}

TEST_CASE_FIXTURE(Caller, "A cancelled call ends 64 T1 after a CANCEL that has no effect [RFC 3261 section 9.1]") {
  dial();
  receive(response(first, 180, "a"));
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  expect_no_residue();
}

TEST_CASE_FIXTURE(Caller, "If the application hangs up while the name is being resolved, the stack sends no INVITE") {
  answers_queries = false;
  dial();
  CHECK(first.empty());
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  stack.on_answer(queries.back().id, resolve(queries.back()), now);
  drain();
  CHECK(sent.empty());
  CHECK(event<sip::CallEnded>());
  expect_no_residue();
}
