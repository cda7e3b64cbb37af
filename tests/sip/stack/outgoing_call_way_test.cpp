#include <offhook/tests/sip/stack/caller.hpp>

using namespace offhook;
using namespace offhook::sim;

// --- the address of the next hop

TEST_CASE_FIXTURE(Caller, "If the name does not resolve, the call ends as Unresolvable") {
  names["192.0.2.50"] = {};
  dial();
  CHECK(event<sip::CallEnded>()->why == sip::CallEnded::Why::Unresolvable);
  expect_no_residue();
}

TEST_CASE_FIXTURE(Caller, "After a 503 from the first address the stack tries the next one in a new transaction [RFC 3263 section 4.3]") {
  names["192.0.2.50"] = {route(sip::Transport::Udp, address("192.0.2.51", 5060)),
                         route(sip::Transport::Udp, address("192.0.2.52", 5060))};
  dial();
  CHECK(last_flow.remote == address("192.0.2.51", 5060));
  receive(response(first, 503, "x"));
  CHECK(count("ACK ") == 1);
  const std::string second = take("INVITE ");
  CHECK(last_flow.remote == address("192.0.2.52", 5060));
  CHECK(header(second, "Via") != header(first, "Via"));
  receive(response(second, 503, "x"));
  CHECK(event<sip::CallEnded>()->status == 503);
  expect_no_residue();
}

TEST_CASE_FIXTURE(Caller, "The stack sends the ACK to the address that responded, not to the first address [RFC 3263 section 4.3]") {
  names["proxy.example"] = {route(sip::Transport::Udp, address("192.0.2.51", 5060)),
                            route(sip::Transport::Udp, address("192.0.2.52", 5060))};
  sip::AccountOptions options;
  options.address_of_record = "sip:bot@pbx.example";
  options.registrar = "sip:proxy.example";
  options.registers = false;
  account = stack.accounts().add(options, now);
  dial();
  CHECK(last_flow.remote == address("192.0.2.51", 5060));
  sent.clear();
  advance(33s);  // The first address does not respond.
  const std::string second = sent.back().bytes;
  CHECK(sent.back().flow.remote == address("192.0.2.52", 5060));
  sent.clear();
  Fields fields = contact();
  fields.emplace_back("Record-Route", "<sip:proxy.example;lr>");
  receive(response(second, 200, "a", "answer", fields));
  CHECK(stack.calls().peer(session) == address("192.0.2.52", 5060));
  REQUIRE(!take("ACK ").empty());
  CHECK(last_flow.remote == address("192.0.2.52", 5060));
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  REQUIRE(!take("BYE ").empty());
  CHECK(last_flow.remote == address("192.0.2.52", 5060));
}

TEST_CASE_FIXTURE(Caller, "If a connection cannot be opened, the stack tries the next address, and ends the call as Unreachable after the last one [RFC 3263 section 4.3]") {
  names["192.0.2.50"] = {route(sip::Transport::Tcp, address("192.0.2.51", 5060)),
                         route(sip::Transport::Tcp, address("192.0.2.52", 5060))};
  dial();
  CHECK(last_flow.id == sip::FlowId{});
  CHECK(header(first, "Via").starts_with("SIP/2.0/TCP "));
  CHECK(header(first, "Contact").find(";transport=tcp>") != std::string::npos);
  stack.on_flow_failed(last_flow, now);
  drain();
  CHECK(!take("INVITE ").empty());
  CHECK(last_flow.remote == address("192.0.2.52", 5060));
  stack.on_flow_failed(last_flow, now);
  drain();
  CHECK(event<sip::CallEnded>()->why == sip::CallEnded::Why::Unreachable);
  expect_no_residue();
}

TEST_CASE_FIXTURE(Caller, "If the INVITE cannot be sent, the call ends as after a 503. If it gets no response, the call ends as after a 408 [RFC 3261 section 8.1.3.1]") {
  SUBCASE("no address is reachable") {
    names["192.0.2.50"] = {route(sip::Transport::Tcp, address("192.0.2.51", 5060))};
    dial();
    stack.on_flow_failed(last_flow, now);
    drain();
    const auto ended = event<sip::CallEnded>();
    REQUIRE(ended);
    CHECK(ended->why == sip::CallEnded::Why::Unreachable);
    CHECK(ended->status == 503);
  }
  SUBCASE("no response") {
    dial();
    advance(33s);
    const auto ended = event<sip::CallEnded>();
    REQUIRE(ended);
    CHECK(ended->why == sip::CallEnded::Why::NoAnswer);
    CHECK(ended->status == 408);
  }
  expect_no_residue();
}

TEST_CASE_FIXTURE(Caller, "The stack resolves the address of the next hop once per call") {
  talk();
  const auto before = queries.size();
  REQUIRE(stack.calls().offer(session, {"application/sdp", "mine"}, now));
  drain();
  receive(response(take("INVITE "), 200, "", "yours", contact()));
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  CHECK(!take("BYE ").empty());
  CHECK(queries.size() == before);
}

TEST_CASE_FIXTURE(Caller, "After a sips: URI in Record-Route all later requests use TLS [RFC 3261 section 8.1.2]") {
  dial();
  Fields fields = contact();
  fields.emplace_back("Record-Route", "<sips:192.0.2.60;lr>");
  receive(response(first, 200, "a", "answer", fields));
  const std::string ack = take("ACK ");
  CHECK(header(ack, "Route") == "<sips:192.0.2.60;lr>");
  CHECK(header(ack, "Via").starts_with("SIP/2.0/TLS "));
  CHECK(last_flow.transport == sip::Transport::Tls);
  CHECK(last_flow.remote == address("192.0.2.60", 5061));
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  CHECK(!take("BYE ").empty());
  CHECK(last_flow.transport == sip::Transport::Tls);
}

TEST_CASE_FIXTURE(Caller, "If the connection of a call breaks, the stack opens a new one for the agent's BYE [RFC 3261 section 18.1.1]") {
  names["192.0.2.50"] = {route(sip::Transport::Tls, address("192.0.2.50", 5061))};
  dial();
  const sip::Flow connection{{9}, sip::Transport::Tls, local, address("192.0.2.50", 5061), last_flow.name};
  Fields fields = contact();
  fields.emplace_back("Record-Route", "<sip:192.0.2.50;lr>");
  receive(response(first, 200, "a", "answer", fields), connection);
  REQUIRE(!take("ACK ").empty());
  stack.on_flow_failed(connection, now);
  drain();
  CHECK_FALSE(event<sip::CallEnded>());
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  const std::string bye = take("BYE ");
  REQUIRE(!bye.empty());
  CHECK(last_flow.transport == sip::Transport::Tls);
  CHECK(last_flow.id == sip::FlowId{});
  receive(response(bye, 200, ""), connection);
  expect_no_residue();
}

// --- challenges of proxies and the registrar

TEST_CASE_FIXTURE(Caller, "The stack answers a challenge of the registrar once, with the next CSeq [RFC 3261 section 22.2]") {
  dial();
  receive(response(first, 401, "x", {}, challenge("n1")));
  CHECK(!take("ACK ").empty());
  const std::string second = take("INVITE ");
  CHECK(header(second, "CSeq") == "2 INVITE");
  CHECK(header(second, "Call-ID") == call_id);
  CHECK(header(second, "From") == header(first, "From"));
  CHECK(header(second, "Authorization").find("nonce=\"n1\"") != std::string::npos);
  receive(response(second, 200, "a", "answer", contact()));
  const std::string ack = take("ACK ");
  CHECK(header(ack, "CSeq") == "2 ACK");
  CHECK(header(ack, "Authorization") == header(second, "Authorization"));
  REQUIRE(event<sip::CallAnswered>());
}

TEST_CASE_FIXTURE(Caller, "Refused credentials end the call with the registrar's status") {
  dial();
  receive(response(first, 401, "x", {}, challenge("n1")));
  const std::string second = take("INVITE ");
  receive(response(second, 401, "x", {}, challenge("n2")));
  CHECK(count("INVITE ") == 0);
  CHECK(event<sip::CallEnded>()->status == 401);
  expect_no_residue();
}

TEST_CASE_FIXTURE(Caller, "The stack answers a challenge within the call only if it comes from the registrar") {
  talk();
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  const std::string bye = take("BYE ");
  CHECK(last_flow.remote.ip == address("192.0.2.99", 0).ip);
  receive(response(bye, 407, "", {}, {{"Proxy-Authenticate", "Digest realm=\"evil\", nonce=\"n\""}}));
  CHECK(sent.empty());
  expect_no_residue();
}
