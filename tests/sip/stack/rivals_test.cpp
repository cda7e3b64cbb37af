// Tests with two candidates that got the same request, because the first candidate was silent for too long. The first response
// decides. Both candidates may be addresses of one server, which then refuses the second copy of the request.
#include <offhook/sip/session/invite_client_session.hpp>
#include <offhook/tests/sip/stack/failing.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace offhook;
using namespace offhook::sim;

namespace {

struct Rivals : Failing {
  std::string first, second;
  using Failing::Failing;
  /// Sends the INVITE to kOne, which is silent, and then to kTwo.
  void both() {
    first = dial();
    advance(3999ms);
    sent.clear();
    advance(1ms);
    second = take("INVITE ");
    REQUIRE(last_flow.remote == kTwo);
  }
  static Fields at_one() { return {{"Contact", "<sip:desk@192.0.2.51:5064>"}}; }
  void hang_up() {
    REQUIRE(stack.calls().hang_up(session, now));
    drain();
    receive(response(take("BYE "), 200, "x"));
  }
};

/// A call whose 2xx has the offer, so that the ACK has the agent's answer.
struct LateOffer : Failing {
  std::string ok;
  LateOffer() { names["proxy.example"] = {route(Transport::Udp, kOne)}; }
  std::string ack(std::size_t octets) {
    sip::CallOptions options;
    options.account = account;
    options.target = "sip:desk@pbx.example";
    const auto made = stack.calls().call(options, now);
    REQUIRE(made);
    session = *made;
    drain();
    ok = response(take("INVITE "), 200, "b", "offer", contact());
    receive(ok);
    REQUIRE(stack.calls().accept_offer(session, {"application/sdp", std::string(octets, 'x')}, now));
    drain();
    return take("ACK ");
  }
};

}  // namespace

TEST_CASE_FIXTURE(Rivals, "If a slow server refuses the second copy with 482, its response to the first copy counts [RFC 3261 section 8.2.2.2]") {
  both();
  receive(response(second, 482, "merged"));
  CHECK(!take("ACK ").empty());
  CHECK(count("CANCEL ") == 0);
  CHECK_FALSE(event<sip::CallEnded>());
  receive(response(first, 180, "a"));
  CHECK(count("CANCEL ") == 0);
  CHECK(event<sip::CallProgress>());
  receive(response(first, 200, "a", "answer", at_one()));
  CHECK(event<sip::CallAnswered>());
  CHECK(!take("ACK ").empty());
  hang_up();
  expect_no_residue();
}

TEST_CASE_FIXTURE(Rivals, "After a 482 to the second copy, the stack retransmits the first copy until a response or its timeout [RFC 3261 section 17.1.1.2]") {
  both();
  sent.clear();
  receive(response(second, 482, "merged"));
  advance(10s);
  REQUIRE(!take("INVITE ").empty());
  CHECK(last_flow.remote == kOne);
  CHECK_FALSE(event<sip::CallEnded>());
  advance(18s);  // Timer B of the first copy.
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->status == 408);
  expect_no_residue();
}

TEST_CASE("A 408 or 503 of a candidate ends the call only if no other candidate may still respond [RFC 3263 section 4.3]") {
  for (const int status : {408, 503}) {
    for (const bool in_turn : {false, true}) {
      for (const int last : {status, 486}) {
        Rivals here;
        here.both();
        here.receive(here.response(in_turn ? here.first : here.second, status, "a"));
        CHECK_FALSE(here.event<sip::CallEnded>());
        here.receive(here.response(in_turn ? here.second : here.first, last, "b"));
        const auto ended = here.event<sip::CallEnded>();
        REQUIRE(ended);
        CHECK(ended->status == last);
        CHECK(here.count("ACK ") == 2);
        here.expect_no_residue();
      }
    }
  }
}

TEST_CASE_FIXTURE(Rivals, "If the first candidate rings first, the stack cancels the second candidate after the second one's first response [RFC 3261 section 9.1]") {
  both();
  receive(response(first, 180, "a"));
  CHECK(event<sip::CallProgress>());
  CHECK(count("CANCEL ") == 0);
  receive(response(second, 180, "b"));
  const std::string cancel = take("CANCEL ");
  REQUIRE(!cancel.empty());
  CHECK(last_flow.remote == kTwo);
  CHECK(header(cancel, "Via") == header(second, "Via"));
  CHECK_FALSE(event<sip::CallProgress>());
  receive(response(cancel, 200, "b"));
  receive(response(second, 487, "b"));
  CHECK(!take("ACK ").empty());
  receive(response(first, 200, "a", "answer", at_one()));
  CHECK(event<sip::CallAnswered>());
  CHECK_FALSE(event<sip::CallEnded>());
  hang_up();
  expect_no_residue();
}

TEST_CASE_FIXTURE(Rivals, "If the second candidate rings first, the stack cancels the first candidate after the first one's first response [RFC 3261 section 9.1]") {
  both();
  receive(response(second, 180, "b"));
  CHECK(event<sip::CallProgress>());
  receive(response(first, 100, ""));
  CHECK(!take("CANCEL ").empty());
  CHECK(last_flow.remote == kOne);
  receive(response(first, 487, "a"));
  receive(response(second, 200, "b", "answer", contact()));
  CHECK(event<sip::CallAnswered>());
  hang_up();
  expect_no_residue();
}

TEST_CASE_FIXTURE(Rivals, "If both candidates accept the call, the second 2xx gets ACK and BYE, and only one call exists [RFC 3261 section 13.2.2.4]") {
  both();
  receive(response(second, 200, "b", "answer", contact()));
  CHECK(event<sip::CallAnswered>());
  sent.clear();
  const std::string late = response(first, 200, "late", "answer", at_one());
  receive(late);
  REQUIRE(!take("ACK ").empty());
  CHECK(last_flow.remote == address("192.0.2.51", 5064));
  const std::string bye = take("BYE ");
  CHECK(tag_of(header(bye, "To")) == "late");
  CHECK(header(bye, "CSeq") == "2 BYE");
  receive(response(bye, 200, "late"));
  CHECK_FALSE(event<sip::CallAnswered>());
  receive(late);  // The ACK was lost.
  CHECK(count("ACK ") == 1);
  CHECK(count("BYE ") == 0);
  CHECK_FALSE(event<sip::CallEnded>());
  hang_up();
  expect_no_residue();
}

TEST_CASE_FIXTURE(Rivals, "If the first candidate accepts the call late, the call is established with it, and its 2xx gets one ACK") {
  both();
  const std::string ok = response(first, 200, "a", "answer", at_one());
  receive(ok);
  CHECK(event<sip::CallAnswered>());
  CHECK(count("ACK ") == 1);
  CHECK(count("BYE ") == 0);
  sent.clear();
  receive(ok);
  CHECK(count("ACK ") == 1);
  receive(response(second, 482, "merged"));
  CHECK(count("CANCEL ") == 0);
  CHECK_FALSE(event<sip::CallEnded>());
  hang_up();
  expect_no_residue();
}

TEST_CASE_FIXTURE(Rivals, "After a 100 of the first candidate, the stack tries no third candidate") {
  names["proxy.example"].push_back(route(Transport::Udp, address("192.0.2.53", 5060)));
  both();
  receive(response(first, 100, ""));
  sent.clear();
  advance(60s);
  while (!take("INVITE ").empty()) CHECK(last_flow.remote != address("192.0.2.53", 5060));
  receive(response(first, 486, "a"));
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->status == 486);
  expect_no_residue();
}

TEST_CASE_FIXTURE(Rivals, "The stack tries a third candidate if the first two are silent. Then all three may respond") {
  names["proxy.example"].push_back(route(Transport::Udp, address("192.0.2.53", 5060)));
  both();
  advance(3999ms);
  sent.clear();
  advance(1ms);
  const std::string third = take("INVITE ");
  CHECK(last_flow.remote == address("192.0.2.53", 5060));
  receive(response(third, 482, "merged"));
  receive(response(second, 482, "merged"));
  CHECK_FALSE(event<sip::CallEnded>());
  receive(response(first, 486, "a"));
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->status == 486);
  expect_no_residue();
}

TEST_CASE_FIXTURE(Rivals, "After hang_up() with two candidates, the stack cancels each candidate after its first response. A late 2xx gets BYE") {
  both();
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  receive(response(first, 100, ""));
  CHECK(!take("CANCEL ").empty());
  CHECK(last_flow.remote == kOne);
  receive(response(second, 200, "b", "answer", contact()));
  CHECK(count("ACK ") == 1);
  const std::string bye = take("BYE ");
  REQUIRE(!bye.empty());
  receive(response(bye, 200, "b"));
  receive(response(first, 487, "a"));
  CHECK_FALSE(event<sip::CallAnswered>());
  expect_no_residue();
}

TEST_CASE_FIXTURE(Rivals, "The CANCEL to each candidate has the reason that hang_up() got [RFC 3326 section 2]") {
  both();
  REQUIRE(stack.calls().hang_up(session, now, {{}, sip::Reason{"SIP", 200, "elsewhere"}}));
  drain();
  receive(response(second, 100, ""));
  const std::string to_two = take("CANCEL ");
  receive(response(first, 100, ""));
  const std::string to_one = take("CANCEL ");
  CHECK(header(to_two, "Reason").find("elsewhere") != std::string::npos);
  CHECK(header(to_one, "Reason") == header(to_two, "Reason"));
  receive(response(first, 487, "a"));
  receive(response(second, 487, "b"));
  expect_no_residue();
}

TEST_CASE_FIXTURE(Rivals, "The stack sends BYE for the late 2xx of kMaxForks branches, and no BYE for further branches [RFC 3261 section 13.2.2.4]") {
  both();
  receive(response(second, 200, "b", "answer", contact()));
  sent.clear();
  for (std::size_t i = 0; i <= sip::kMaxForks; ++i) receive(response(first, 200, "late" + std::to_string(i), "answer", at_one()));
  std::set<std::string> hung_up;
  for (std::string bye = take("BYE "); !bye.empty(); bye = take("BYE ")) hung_up.insert(tag_of(header(bye, "To")));
  CHECK(hung_up.size() == sip::kMaxForks);
}

TEST_CASE_FIXTURE(Rivals, "If the first candidate responds late with 100 and then with 503, the stack tries the candidates that are left [RFC 3263 section 4.3]") {
  names["proxy.example"].push_back(route(Transport::Udp, address("192.0.2.53", 5060)));
  both();
  receive(response(first, 100, ""));
  sent.clear();
  receive(response(first, 503, "a"));
  CHECK(!take("INVITE ").empty());
  CHECK(last_flow.remote == address("192.0.2.53", 5060));
}

TEST_CASE_FIXTURE(Rivals, "If two candidates got a re-INVITE, no state is left after the call [RFC 3261 section 15]") {
  names["192.0.2.52"] = {route(Transport::Udp, kTwo), route(Transport::Udp, kOne)};
  const std::string invite = dial();
  call_id = header(invite, "Call-ID");
  receive(response(invite, 200, "b", "answer", {{"Contact", "<sip:desk@192.0.2.52>"}}));
  REQUIRE(stack.calls().offer(session, {"application/sdp", "mine"}, now));
  drain();
  first = take("INVITE ");
  advance(4s);
  receive(in_dialog("BYE", 1, tag_of(header(invite, "From")), {}, {}, "b"));
  REQUIRE(event<sip::CallEnded>());
  receive(response(first, 100, ""));
  expect_no_residue();
}

TEST_CASE_FIXTURE(Rivals, "If the connection to the second candidate is refused, the first candidate may still respond") {
  names["proxy.example"] = {route(Transport::Udp, kOne), route(Transport::Tcp, kTwo)};
  both();
  stack.on_flow_failed(last_flow, now);
  drain();
  CHECK_FALSE(event<sip::CallEnded>());
  receive(response(first, 180, "a"));
  CHECK(event<sip::CallProgress>());
  receive(response(first, 486, "a"));
  CHECK(event<sip::CallEnded>());
  expect_no_residue();
}

TEST_CASE_FIXTURE(Rivals, "If the first candidate responds while the stack resolves the second one, the second one gets no request") {
  names["proxy.example"] = {route(Transport::Udp, kOne), route(Transport::Tcp, kOne), route(Transport::Udp, kTwo)};
  (void)dial(2000);  // The request is too large for UDP, so that the stack resolves TCP for the same address.
  stack.on_flow_failed(last_flow, now);
  drain();
  const std::string one = take("INVITE ");
  REQUIRE(last_flow.transport == Transport::Udp);
  advance(4s);
  stack.on_flow_failed({{}, Transport::Tcp, local, kOne, {}}, now);
  drain();
  answers_queries = false;
  advance(4s);
  REQUIRE(queries.back().host == "192.0.2.52");
  sent.clear();
  receive(response(one, 180, "a"));
  stack.on_answer(queries.back().id, {{route(Transport::Tcp, kTwo)}, ""}, now);
  drain();
  CHECK(count("INVITE ") == 0);
  receive(response(one, 486, "a"));
  answers_queries = true;
  expect_no_residue();
}

TEST_CASE_FIXTURE(Rivals,
    "Outside of calls, a 482 of the second address does not end the request. The response of the first address counts [RFC 3261 section 8.2.2.2]") {
  REQUIRE(stack.requests().send({account, sip::Method::Message, "sip:desk@pbx.example", {}, {"text/plain", "hi"}}, now));
  drain();
  first = take("MESSAGE ");
  advance(3999ms);
  sent.clear();
  advance(1ms);
  second = take("MESSAGE ");
  CHECK(last_flow.remote == kTwo);
  advance(3999ms);  // Without the second candidate, the stack would repeat the first copy after 7.5 s.
  while (!take("MESSAGE ").empty()) CHECK(last_flow.remote == kTwo);
  receive(response(second, 482, "merged"));
  CHECK_FALSE(event<sip::RequestAnswered>());
  advance(5s);  // A server repeats a response to a non-INVITE request only for a retransmission: RFC 3261 section 17.2.2.
  CHECK(!take("MESSAGE ").empty());
  CHECK(last_flow.remote == kOne);
  receive(response(first, 200, "a"));
  const auto answered = event<sip::RequestAnswered>();
  REQUIRE(answered);
  CHECK(answered->status == 200);
  CHECK_FALSE(event<sip::RequestAnswered>());
  expect_no_residue();
}

TEST_CASE_FIXTURE(Rivals, "Outside of calls, the stack reports the first of two responses") {
  REQUIRE(stack.requests().send({account, sip::Method::Options, "sip:desk@pbx.example", {}, {}}, now));
  drain();
  first = take("OPTIONS ");
  advance(4s);
  for (std::string one = take("OPTIONS "); !one.empty(); one = take("OPTIONS ")) second = one;
  receive(response(first, 200, "a"));
  receive(response(second, 404, "b"));
  const auto answered = event<sip::RequestAnswered>();
  REQUIRE(answered);
  CHECK(answered->status == 200);
  CHECK_FALSE(event<sip::RequestAnswered>());
  expect_no_residue();
}

TEST_CASE_FIXTURE(Rivals, "A 500 to the second copy of a re-INVITE does not count as a refusal, and a second 2xx does not end the call [RFC 3261 section 12.2.2]") {
  names["192.0.2.52"] = {route(Transport::Udp, kTwo), route(Transport::Udp, kOne)};
  receive(response(dial(), 200, "b", "answer", {{"Contact", "<sip:desk@192.0.2.52>"}}));
  REQUIRE(!take("ACK ").empty());
  REQUIRE(stack.calls().offer(session, {"application/sdp", "mine"}, now));
  drain();
  first = take("INVITE ");
  advance(4s);
  for (std::string one = take("INVITE "); !one.empty(); one = take("INVITE ")) second = one;
  REQUIRE(header(first, "Via") != header(second, "Via"));
  SUBCASE("500 to the second copy") {
    receive(response(second, 500, "b"));
    CHECK_FALSE(event<sip::OfferRefused>());
    receive(response(first, 200, "b", "theirs", {{"Contact", "<sip:desk@192.0.2.52>"}}));
  }
  SUBCASE("2xx to both copies") {
    receive(response(second, 200, "b", "theirs", {{"Contact", "<sip:desk@192.0.2.52>"}}));
    sent.clear();
    receive(response(first, 200, "b", "theirs", {{"Contact", "<sip:desk@192.0.2.52>"}}));
  }
  CHECK(event<sip::OfferAnswered>());
  CHECK(count("ACK ") >= 1);
  CHECK(count("BYE ") == 0);
  CHECK_FALSE(event<sip::CallEnded>());
  hang_up();
  expect_no_residue();
}

TEST_CASE_FIXTURE(Rivals, "The stack answers a challenge to the BYE for a late 2xx [RFC 3261 section 22.2]") {
  sip::AccountOptions options;
  options.address_of_record = "sip:bot@pbx.example";
  options.registrar = "sip:proxy.example";
  options.registers = false;
  options.username = "bot";
  options.password = "secret";
  account = stack.accounts().add(options, now);
  first = dial();
  const Fields challenge{{"WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\", algorithm=MD5"}};
  receive(response(first, 401, "a", "", challenge));
  first = take("INVITE ");
  REQUIRE(header(first, "Authorization").starts_with("Digest "));
  advance(4s);
  for (std::string one = take("INVITE "); !one.empty(); one = take("INVITE ")) second = one;
  receive(response(second, 200, "b", "answer", contact()));
  sent.clear();
  receive(response(first, 200, "late", "answer", {{"Contact", "<sip:desk@192.0.2.51>"}}));
  const std::string bye = take("BYE ");
  receive(response(bye, 401, "late", "", challenge));
  const std::string again = take("BYE ");
  REQUIRE(!again.empty());
  CHECK(header(again, "Authorization").find("username=\"bot\"") != std::string::npos);
  CHECK(header(again, "CSeq") == std::to_string(std::stoi(header(bye, "CSeq")) + 1) + " BYE");
  CHECK(tag_of(header(again, "To")) == "late");
  receive(response(again, 200, "late"));
  CHECK_FALSE(event<sip::CallEnded>());
  hang_up();
  expect_no_residue();
}

TEST_CASE_FIXTURE(LateOffer, "The stack sends an ACK of 1300 octets over UDP, and an ACK of 1301 octets over TCP [RFC 3261 section 18.1.1]") {
  const std::size_t fixed = ack(100).size() - 100;
  CHECK(ack(1300 - fixed).size() == 1300);
  CHECK(last_flow.transport == Transport::Udp);
  (void)ack(1301 - fixed);
  CHECK(last_flow.transport == Transport::Tcp);
}

TEST_CASE_FIXTURE(LateOffer, "The stack repeats a large ACK over the same transport, and over UDP after the TCP connection has failed [RFC 3261 sections 13.2.2.4 and 18.1.1]") {
  const std::string ack = this->ack(2000);
  CHECK(last_flow.transport == Transport::Tcp);
  CHECK(last_flow.remote == address("192.0.2.52", 5062));
  CHECK(header(ack, "Via").starts_with("SIP/2.0/TCP "));
  receive(ok);
  CHECK(take("ACK ") == ack);
  CHECK(last_flow.transport == Transport::Tcp);
  stack.on_flow_failed(last_flow, now);
  drain();
  const std::string by_datagram = take("ACK ");
  REQUIRE(!by_datagram.empty());
  CHECK(last_flow.transport == Transport::Udp);
  CHECK(header(by_datagram, "Via").starts_with("SIP/2.0/UDP "));
  CHECK(body(by_datagram) == body(ack));
  receive(ok);
  CHECK(take("ACK ") == by_datagram);
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  receive(response(take("BYE "), 200, "b"));
  expect_no_residue();
}

TEST_CASE_FIXTURE(Failing, "The stack cancels a call kPatience after the last ringing response, and at most kLongestRinging (an hour) after the first [RFC 3261 section 13.3.1.1]") {
  using sip::session::InviteClientSession;
  names["proxy.example"] = {route(Transport::Udp, kOne)};
  const std::string invite = dial();
  receive(response(invite, 180, "a"));
  SUBCASE("no further response") {
    advance(InviteClientSession::kPatience - 1ms);
    CHECK(count("CANCEL ") == 0);
    advance(1ms);
    CHECK(count("CANCEL ") == 1);
  }
  SUBCASE("a 100, which says nothing about the callee") {
    advance(60s);
    receive(response(invite, 100, ""));
    advance(InviteClientSession::kPatience - 60s);
    CHECK(count("CANCEL ") == 1);
  }
  SUBCASE("182 every minute") {
    const auto rang_at = now;
    while (now + 60s < rang_at + InviteClientSession::kLongestRinging) {
      advance(60s);
      receive(response(invite, 182, "a"));
      REQUIRE(count("CANCEL ") == 0);
    }
    advance(rang_at + InviteClientSession::kLongestRinging - now - 1ms);
    CHECK(count("CANCEL ") == 0);
    advance(1ms);
    CHECK(count("CANCEL ") == 1);
    CHECK(event<sip::CallEnded>()->status == 408);
  }
}
