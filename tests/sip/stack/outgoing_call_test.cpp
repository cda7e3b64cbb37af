#include <offhook/sip/session/confirmed_call.hpp>
#include <offhook/tests/sim/scripted.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::sim;

namespace {

struct Caller : Scripted {
  sip::AccountId account;
  sip::SessionId session;
  std::string first;  // Our INVITE.

  Caller() {
    sip::AccountOptions options;
    options.address_of_record = "sip:bot@pbx.example";
    options.registrar = "sip:192.0.2.50";
    options.display_name = "The \"Bot\"";
    options.username = "bot";
    options.password = "secret";
    options.registers = false;
    account = stack.add_account(options, now);
  }
  void dial(const std::string& offer = "offer", bool through_registrar = true) {
    sip::CallOptions options;
    options.account = account;
    options.target = "sip:desk@192.0.2.99";
    if (!offer.empty()) options.offer = {"application/sdp", offer};
    options.headers = {{"X-Trace", "7"}};
    options.through_registrar = through_registrar;
    const auto made = stack.call(options, now);
    REQUIRE(made);
    session = *made;
    drain();
    first = take("INVITE ");
    call_id = header(first, "Call-ID");
  }
  Fields contact() const { return {{"Contact", "<sip:desk@192.0.2.99:5062>"}}; }
  std::string our_tag() const { return tag_of(header(first, "From")); }
  void talk() {
    dial();
    receive(response(first, 200, "a", "answer", contact()));
    REQUIRE(event<sip::CallAnswered>());
    REQUIRE(!take("ACK ").empty());
    sent.clear();
  }
  void expect_no_residue() {
    advance(66s);
    CHECK(stack.sessions() == 0);
    CHECK_FALSE(stack.next_deadline());
  }
  static Fields challenge(const std::string& nonce) {
    return {{"WWW-Authenticate", "Digest realm=\"pbx\", nonce=\"" + nonce + "\", algorithm=MD5, qop=\"auth\""}};
  }
};

}  // namespace

TEST_CASE_FIXTURE(Caller, "An INVITE of ours says what it must, and goes to the registrar [RFC 3261 section 8.1.1]") {
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

TEST_CASE_FIXTURE(Caller, "A call straight to its target leaves the registrar out") {
  dial("offer", false);
  CHECK(last_flow.remote == address("192.0.2.99", 5060));
}

TEST_CASE_FIXTURE(Caller, "Ringing, answer, ACK along the target, and their BYE [RFC 3261 section 13.2.2.4]") {
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

TEST_CASE_FIXTURE(Caller, "The route set of a call of ours is the Record-Route reversed [RFC 3261 section 12.1.2]") {
  dial();
  Fields fields = contact();
  fields.emplace_back("Record-Route", "<sip:192.0.2.60;lr>, <sip:192.0.2.50;lr>");
  receive(response(first, 200, "a", "answer", fields));
  const std::string ack = take("ACK ");
  CHECK(headers(ack, "Route") == std::vector<std::string>{"<sip:192.0.2.50;lr>", "<sip:192.0.2.60;lr>"});
  CHECK(last_flow.remote == address("192.0.2.50", 5060));
  REQUIRE(stack.hang_up(session, now));
  drain();
  const std::string bye = take("BYE ");
  CHECK(headers(bye, "Route").size() == 2);
  CHECK(header(bye, "CSeq") == "2 BYE");
}

TEST_CASE_FIXTURE(Caller,
                  "Early dialogs of a fork are kept apart; the first 2xx wins, the next is acknowledged and hung up [RFC 3261 "
                  "section 13.2.2.4]") {
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
  CHECK(take() == ack);  // Its repeat gets its ACK, and no second BYE.
  CHECK(sent.empty());
  CHECK_FALSE(event<sip::CallEnded>());
  CHECK(stack.sessions() == 1);
  receive(in_dialog("BYE", 1, our_tag(), {}, {}, "a"));  // The losing branch cannot end the call.
  CHECK(!take("SIP/2.0 481").empty());
  CHECK(stack.sessions() == 1);
}

TEST_CASE_FIXTURE(Caller,
                  "A losing branch's BYE that is challenged gets no digest from an unproven address [RFC 3261 section 22]") {
  dial();
  const Fields along{{"Contact", "<sip:b@192.0.2.98>"}, {"Record-Route", "<sip:192.0.2.50;lr>"}};
  receive(response(first, 200, "b", "answer b", along));
  receive(response(first, 200, "a", "answer a", along));
  const std::string bye = take("BYE ");
  REQUIRE(!bye.empty());
  CHECK(last_flow.remote == address("192.0.2.50", 5060));
  const Fields proxy{{"Proxy-Authenticate", "Digest realm=\"pbx\", nonce=\"n1\", algorithm=MD5, qop=\"auth\""}};
  // Nobody has shown yet that this address is our registrar's: a challenged INVITE or REGISTER would have.
  receive(response(bye, 407, "", {}, proxy));
  CHECK(count("BYE ") == 0);
}

TEST_CASE_FIXTURE(Caller, "A challenged BYE to a losing branch is sent again with credentials [RFC 3261 section 22.3]") {
  dial();
  const Fields proxy{{"Proxy-Authenticate", "Digest realm=\"pbx\", nonce=\"n1\", algorithm=MD5, qop=\"auth\""}};
  receive(response(first, 407, "x", {}, proxy));  // Now the registrar's address is known.
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
  CHECK(stack.sessions() == 1);  // The branch that won goes on.
  // Whoever is not our registrar gets no digest: the losing branch of a second fork, straight from its own host.
  receive(response(again, 200, "c", "answer c", {{"Contact", "<sip:c@192.0.2.97>"}}));
  const std::string straight = take("BYE ");
  CHECK(last_flow.remote == address("192.0.2.97", 5060));
  receive(response(straight, 407, "", {}, proxy));
  CHECK(count("BYE ") == 0);
}

TEST_CASE_FIXTURE(Caller, "CANCEL waits for a provisional response; 487 ends it [RFC 3261 section 9.1]") {
  dial();
  REQUIRE(stack.hang_up(session, now));
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

TEST_CASE_FIXTURE(Caller, "CANCEL that crosses the 200: ACK, then BYE [RFC 3261 section 9.1]") {
  dial();
  receive(response(first, 180, "a"));
  REQUIRE(stack.hang_up(session, now));
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

TEST_CASE_FIXTURE(Caller, "A CANCEL that nobody honours ends after 64 T1 [RFC 3261 section 9.1]") {
  dial();
  receive(response(first, 180, "a"));
  REQUIRE(stack.hang_up(session, now));
  drain();
  expect_no_residue();
}

TEST_CASE_FIXTURE(Caller, "Hung up while the name is looked up: nothing is sent") {
  answers_queries = false;
  dial();
  CHECK(first.empty());
  REQUIRE(stack.hang_up(session, now));
  drain();
  stack.on_answer(queries.back().id, resolve(queries.back()), now);
  drain();
  CHECK(sent.empty());
  CHECK(event<sip::CallEnded>());
  expect_no_residue();
}

TEST_CASE_FIXTURE(Caller, "A refusal is acknowledged and told with its status [RFC 3261 section 13.2.2.3]") {
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

TEST_CASE_FIXTURE(Caller, "No answer within 64 T1: NoAnswer with 408 [RFC 3261 section 17.1.1.2]") {
  dial();
  advance(33s);
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->why == sip::CallEnded::Why::NoAnswer);
  CHECK(ended->status == 408);
  expect_no_residue();
}

TEST_CASE_FIXTURE(Caller, "A name that does not resolve ends the call as Unresolvable") {
  names["192.0.2.50"] = {};
  dial();
  CHECK(event<sip::CallEnded>()->why == sip::CallEnded::Why::Unresolvable);
  expect_no_residue();
}

TEST_CASE_FIXTURE(Caller,
                  "503 from the first address: the next one is tried in a transaction of its own [RFC 3263 section 4.3]") {
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

TEST_CASE_FIXTURE(Caller, "The ACK takes the address that answered, not the first one [RFC 3263 section 4.3]") {
  names["proxy.example"] = {route(sip::Transport::Udp, address("192.0.2.51", 5060)),
                            route(sip::Transport::Udp, address("192.0.2.52", 5060))};
  sip::AccountOptions options;
  options.address_of_record = "sip:bot@pbx.example";
  options.registrar = "sip:proxy.example";
  options.registers = false;
  account = stack.add_account(options, now);
  dial();
  CHECK(last_flow.remote == address("192.0.2.51", 5060));
  sent.clear();
  advance(33s);  // The first one is dead.
  const std::string second = sent.back().bytes;
  CHECK(sent.back().flow.remote == address("192.0.2.52", 5060));
  sent.clear();
  Fields fields = contact();
  fields.emplace_back("Record-Route", "<sip:proxy.example;lr>");
  receive(response(second, 200, "a", "answer", fields));
  REQUIRE(!take("ACK ").empty());
  CHECK(last_flow.remote == address("192.0.2.52", 5060));
  REQUIRE(stack.hang_up(session, now));
  drain();
  REQUIRE(!take("BYE ").empty());
  CHECK(last_flow.remote == address("192.0.2.52", 5060));
}

TEST_CASE_FIXTURE(Caller, "An answer whose Record-Route cannot be read ends the call") {
  dial();
  Fields fields = contact();
  fields.emplace_back("Record-Route", "<sip:192.0.2.50;lr");
  receive(response(first, 200, "a", "answer", fields));
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->why == sip::CallEnded::Why::SessionLost);
  expect_no_residue();
}

TEST_CASE_FIXTURE(Caller, "A connection that cannot be opened: the next address, then Unreachable [RFC 3263 section 4.3]") {
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

TEST_CASE_FIXTURE(
    Caller, "Without an offer of ours theirs comes in the 200, and our answer goes into the ACK [RFC 3261 section 13.2.1]") {
  dial("");
  const std::string ok = response(first, 200, "a", "their offer", contact());
  receive(ok);
  const auto answered = event<sip::CallAnswered>();
  REQUIRE(answered);
  CHECK(answered->body.data == "their offer");
  CHECK(answered->is_offer);
  receive(ok);
  CHECK(count("ACK ") == 0);
  CHECK_FALSE(event<sip::CallAnswered>());
  REQUIRE(stack.accept_offer(session, {"application/sdp", "our answer"}, now));
  drain();
  CHECK(body(take("ACK ")) == "our answer");
  receive(ok);
  CHECK(body(take("ACK ")) == "our answer");
}

TEST_CASE_FIXTURE(Caller, "Hung up instead of answering their offer: ACK, then BYE [RFC 3261 section 13.2.2.4]") {
  dial("");
  receive(response(first, 200, "a", "their offer", contact()));
  REQUIRE(stack.refuse_offer(session, 488, now));
  drain();
  CHECK(take().starts_with("ACK "));
  CHECK(take().starts_with("BYE "));
}

TEST_CASE_FIXTURE(Caller, "A challenge of the registrar is answered once, with the next CSeq [RFC 3261 section 22.2]") {
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

TEST_CASE_FIXTURE(Caller, "Whoever is not our registrar gets no digest for a challenge within the call") {
  talk();
  REQUIRE(stack.hang_up(session, now));
  drain();
  const std::string bye = take("BYE ");
  CHECK(last_flow.remote.ip == address("192.0.2.99", 0).ip);
  receive(response(bye, 407, "", {}, {{"Proxy-Authenticate", "Digest realm=\"evil\", nonce=\"n\""}}));
  CHECK(sent.empty());
  expect_no_residue();
}

TEST_CASE_FIXTURE(Caller, "A response whose Via is not ours is dropped [RFC 3261 section 18.1.2]") {
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

TEST_CASE_FIXTURE(Caller, "491 to our re-INVITE: tried again after 2.1 to 4 s, as the Call-ID is ours [RFC 3261 section 14.1]") {
  talk();
  REQUIRE(stack.offer(session, {"application/sdp", "mine"}, now));
  drain();
  receive(response(take("INVITE "), 491, ""));
  sent.clear();
  advance(2099ms);
  CHECK(count("INVITE ") == 0);
  advance(1901ms);
  CHECK(count("INVITE ") == 1);
}

TEST_CASE_FIXTURE(Caller, "A re-INVITE that gets 100 and no more does not outlive its call") {
  talk();
  REQUIRE(stack.offer(session, {"application/sdp", "mine"}, now));
  drain();
  const std::string again = take("INVITE ");
  SUBCASE("100, then BYE") {
    receive(response(again, 100, ""));
    receive(in_dialog("BYE", 1, our_tag(), {}, {}, "a"));
  }
  SUBCASE("BYE, then 100") {
    receive(in_dialog("BYE", 1, our_tag(), {}, {}, "a"));
    receive(response(again, 100, ""));
  }
  REQUIRE(event<sip::CallEnded>());
  CHECK(stack.hang_up(session, now).error() == sip::StackError::WrongState);
  expect_no_residue();
  CHECK(stack.hang_up(session, now).error() == sip::StackError::UnknownSession);
}

TEST_CASE_FIXTURE(Caller, "A call that rings for 180 s is cancelled, and ends as NoAnswer [RFC 3261 section 16.6]") {
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
  CHECK(stack.hang_up(session, now).error() == sip::StackError::UnknownSession);
}

TEST_CASE_FIXTURE(Caller, "The address of the next hop is asked for once in a call") {
  talk();
  const auto before = queries.size();
  REQUIRE(stack.offer(session, {"application/sdp", "mine"}, now));
  drain();
  receive(response(take("INVITE "), 200, "", "yours", contact()));
  REQUIRE(stack.hang_up(session, now));
  drain();
  CHECK(!take("BYE ").empty());
  CHECK(queries.size() == before);
}

TEST_CASE_FIXTURE(Caller, "Commands for unknown sessions, accounts and URIs are refused") {
  CHECK(stack.hang_up(sip::SessionId{99}, now).error() == sip::StackError::UnknownSession);
  sip::CallOptions options;
  options.account = account;
  options.target = "not a uri";
  CHECK(stack.call(options, now).error() == sip::StackError::BadUri);
  options.account = {};
  CHECK(stack.call(options, now).error() == sip::StackError::UnknownAccount);
  dial();
  CHECK(stack.answer(session, {}, now).error() == sip::StackError::WrongState);
  CHECK(stack.offer(session, {"application/sdp", "x"}, now).error() == sip::StackError::WrongState);
}

TEST_CASE_FIXTURE(Caller, "A response with a foreign branch, or to another method, is dropped [RFC 3261 section 17.1.3]") {
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

namespace {

/// Draws from another, and counts the octets.
struct Counting final : base::Random {
  base::SystemRandom system;
  std::size_t octets = 0;
  void fill(std::span<std::uint8_t> out) override {
    octets += out.size();
    system.fill(out);
  }
};

}  // namespace

TEST_CASE("Branch, tag and Call-ID of a call are tokens of 128 random bits each, none of them twice [RFC 3261 section 19.3]") {
  Counting random;
  sip::Stack stack({}, random);
  sip::AccountOptions options;
  options.address_of_record = "sip:bot@pbx.example";
  options.registrar = "sip:192.0.2.50";
  options.registers = false;
  const auto account = stack.add_account(options, base::TimePoint(1000s));
  std::set<std::string> ids;
  constexpr std::size_t kCalls = 500;
  const std::size_t before = random.octets;
  for (std::size_t i = 0; i < kCalls; ++i) {
    sip::CallOptions call;
    call.account = account;
    call.target = "sip:desk@192.0.2.99";
    REQUIRE(stack.call(call, base::TimePoint(1000s)));
    const auto query = stack.poll_query();
    REQUIRE(query);
    const sip::Route way{sip::Transport::Udp, address("192.0.2.1", 5060), address("192.0.2.50", 5060), {1}};
    stack.on_answer(query->id, {{way}, ""}, base::TimePoint(1000s));
    const auto invite = stack.poll_transmit();
    REQUIRE(invite);
    const std::string via = header(invite->bytes, "Via");
    const auto branch = via.find("branch=z9hG4bK") + 14;
    for (const std::string& id : {via.substr(branch, via.find(';', branch) - branch), tag_of(header(invite->bytes, "From")),
                                  header(invite->bytes, "Call-ID")}) {
      CHECK(id.size() >= 26);
      CHECK(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") == std::string::npos);
      ids.insert(id);
    }
  }
  CHECK(ids.size() == 3 * kCalls);
  CHECK(random.octets - before >= 3 * kCalls * 16);
}

TEST_CASE("A million tokens, and no two alike") {
  base::SystemRandom random;
  std::vector<std::string> tokens;
  tokens.reserve(1000000);
  for (int i = 0; i < 1000000; ++i) tokens.push_back(random.token());
  std::sort(tokens.begin(), tokens.end());
  CHECK(std::adjacent_find(tokens.begin(), tokens.end()) == tokens.end());
}

TEST_CASE_FIXTURE(
    Caller, "A re-INVITE that gets nothing but provisional responses is cancelled in the end [RFC 3261 section 14.1]") {
  talk();
  REQUIRE(stack.offer(session, {"application/sdp", "mine"}, now));
  drain();
  const std::string offered = take("INVITE ");
  receive(response(offered, 180, ""));
  sent.clear();
  advance(sip::session::ConfirmedCall::kPatience - 1ms);
  CHECK(count("CANCEL ") == 0);
  advance(1ms);
  const std::string cancel = take("CANCEL ");
  CHECK(header(cancel, "CSeq") == header(offered, "CSeq").substr(0, 2) + "CANCEL");
  int status = 0;
  SUBCASE("487") {
    receive(response(offered, 487, ""));
    status = 487;
  }
  SUBCASE("nothing at all") {
    advance(32s);
    status = 408;
  }
  SUBCASE("a 2xx that crosses it") {
    receive(response(offered, 200, "", "theirs", contact()));
    CHECK(!take("ACK ").empty());
    CHECK(event<sip::OfferAnswered>());
  }
  if (status != 0) CHECK(event<sip::OfferRefused>()->status == status);
  receive(in_dialog("INVITE", 1, our_tag(), "theirs", {}, "a"));  // The media can still be changed.
  CHECK(event<sip::OfferReceived>());
}

TEST_CASE_FIXTURE(
    Caller, "A repeated 2xx answers the offer that it came for, and no later one [RFC 3261 section 13.2.2.4]") {
  names["new.example"] = {route(sip::Transport::Udp, address("192.0.2.98", 5060))};
  talk();
  REQUIRE(stack.offer(session, {"application/sdp", "first"}, now));
  drain();
  const std::string second = take("INVITE ");
  answers_queries = false;  // The name of their new Contact is slow to look up.
  const std::string said = response(second, 200, "", "first answer", {{"Contact", "<sip:a@new.example>"}});
  receive(said);
  REQUIRE(event<sip::OfferAnswered>()->answer.data == "first answer");
  REQUIRE(take("ACK ").empty());
  const auto asked = queries.size();
  receive(said);  // Again, since there was no ACK.
  CHECK(queries.size() == asked);
  REQUIRE(stack.offer(session, {"application/sdp", "second"}, now));
  advance(500ms);
  receive(said);
  CHECK_FALSE(event<sip::OfferAnswered>());
}

TEST_CASE_FIXTURE(Caller, "A challenged re-INVITE goes again, but not after our BYE [RFC 3261 section 15]") {
  dial();
  receive(response(first, 401, "x", {}, challenge("n")));
  first = take("INVITE ");
  receive(response(first, 200, "a", "answer", {{"Contact", "<sip:desk@192.0.2.50>"}}));
  REQUIRE(event<sip::CallAnswered>());
  REQUIRE(stack.offer(session, {"application/sdp", "mine"}, now));
  drain();
  const std::string offered = take("INVITE ");
  REQUIRE(!offered.empty());
  SUBCASE("in the call") {
    receive(response(offered, 401, "", {}, challenge("m")));
    const std::string again = take("INVITE ");
    CHECK(!header(again, "Authorization").empty());
    receive(response(again, 200, "", "theirs", {{"Contact", "<sip:desk@192.0.2.50>"}}));
    CHECK(header(take("ACK "), "CSeq") == header(again, "CSeq").substr(0, 2) + "ACK");
    CHECK(event<sip::OfferAnswered>());
  }
  SUBCASE("after it") {
    REQUIRE(stack.hang_up(session, now));
    drain();
    REQUIRE(!take("BYE ").empty());
    receive(response(offered, 401, "", {}, challenge("m")));
    CHECK(take("INVITE ").empty());
  }
}

TEST_CASE_FIXTURE(
    Caller, "An offer of ours that waits after 491 is not sent once theirs was answered: it is older [RFC 3264 section 8]") {
  talk();
  REQUIRE(stack.offer(session, {"application/sdp", "version 2"}, now));
  drain();
  receive(response(take("INVITE "), 491, ""));
  receive(in_dialog("INVITE", 1, our_tag(), "theirs", {}, "a"));
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.accept_offer(session, {"application/sdp", "version 3"}, now));
  drain();
  receive(in_dialog("ACK", 1, our_tag(), {}, {}, "a"));
  sent.clear();
  advance(5s);
  CHECK(sent.empty());
  CHECK(event<sip::OfferRefused>()->status == 491);
  REQUIRE(stack.offer(session, {"application/sdp", "version 4"}, now));
  drain();
  CHECK(body(take("INVITE ")) == "version 4");
}
