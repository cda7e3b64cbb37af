#include <offhook/sip/stack/candidate_memory.hpp>
#include <offhook/tests/sip/stack/failing.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;
using sip::Transport;

TEST_CASE_FIXTURE(Failing,
    "If a candidate is silent for 4 s, the stack sends the request to the next candidate, and no more to the silent one [RFC 3263 section 4.3]") {
  const std::string first = dial();
  CHECK(last_flow.remote == kOne);
  advance(3999ms);
  sent.clear();
  advance(1ms);
  const std::string second = take("INVITE ");
  CHECK(last_flow.remote == kTwo);
  CHECK(header(second, "Via") != header(first, "Via"));
  CHECK(header(second, "Call-ID") == header(first, "Call-ID"));
  CHECK(header(second, "CSeq") == header(first, "CSeq"));
  advance(20s);
  while (!take("INVITE ").empty()) CHECK(last_flow.remote == kTwo);  // The stack waits for the last candidate until Timer B.
  CHECK_FALSE(event<sip::CallEnded>());
  advance(12s);
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->status == 408);
  expect_no_residue();
}

TEST_CASE_FIXTURE(Failing, "After a provisional response of a candidate, the stack does not send the request to another candidate") {
  const std::string first = dial();
  receive(response(first, 100, ""));
  sent.clear();
  advance(60s);
  CHECK(count("INVITE ") == 0);
}

TEST_CASE_FIXTURE(Failing, "After a 503 the stack sends the ACK and then tries the next candidate, even if a 100 came before the 503 [RFC 3263 section 4.3]") {
  const std::string first = dial();
  receive(response(first, 100, ""));
  receive(response(first, 503, "x"));
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].bytes.starts_with("ACK "));
  CHECK(sent[0].flow.remote == kOne);
  CHECK(sent[1].bytes.starts_with("INVITE "));
  CHECK(sent[1].flow.remote == kTwo);
}

TEST_CASE_FIXTURE(Failing, "After a 503 the stack skips the candidate for the time in Retry-After, or for 30 s if there is no Retry-After [RFC 3261 section 21.5.4]") {
  const std::string first = dial();
  receive(response(first, 503, "x", "", {{"Retry-After", "100"}}));
  receive(response(take("INVITE "), 486, "x"));
  advance(99s);
  receive(response(dial(), 486, "x"));
  CHECK(last_flow.remote == kTwo);
  names["proxy.example"] = {route(Transport::Udp, kOne), route(Transport::Udp, address("192.0.2.53", 5060))};
  advance(1s);
  const std::string again = dial();
  CHECK(last_flow.remote == kOne);
  receive(response(again, 503, "x"));
  receive(response(take("INVITE "), 503, "x"));
  dial();
  CHECK(last_flow.remote == kOne);  // All candidates have failed. Then the stack skips none of them.
}

TEST_CASE_FIXTURE(Failing, "For five minutes the stack first tries the candidate that responded. Then the order of the domain applies again") {
  dial();
  advance(4s);
  std::string second;
  for (std::string one = take("INVITE "); !one.empty(); one = take("INVITE ")) second = one;
  receive(response(second, 486, "x"));
  advance(60s);
  sent.clear();
  receive(response(dial(), 486, "x"));
  CHECK(last_flow.remote == kTwo);
  advance(240s);
  dial();
  CHECK(last_flow.remote == kOne);
}

TEST_CASE_FIXTURE(Failing, "After hang_up(), the stack tries no other candidate in place of a silent one") {
  dial();
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  sent.clear();
  advance(10s);
  while (!take("INVITE ").empty()) CHECK(last_flow.remote == kOne);
  expect_no_residue();
}

TEST_CASE("CandidateMemory has limits. A new entry replaces the oldest one") {
  sip::CandidateMemory memory;
  base::TimePoint now{1000s};
  const auto nth = [](std::size_t i) {
    return sip::Route{Transport::Udp, {}, address("192.0.2.1", static_cast<std::uint16_t>(1 + i)), {}};
  };
  for (std::size_t i = 0; i < sip::CandidateMemory::kMaxFailed; ++i) memory.on_failure(nth(i), std::chrono::seconds(10 + i), now);
  CHECK(memory.failed() == sip::CandidateMemory::kMaxFailed);
  CHECK(memory.is_passed_over(Transport::Udp, nth(0).remote, now));
  memory.on_failure(nth(1000), std::chrono::hours(10), now);
  CHECK(memory.failed() == sip::CandidateMemory::kMaxFailed);
  CHECK_FALSE(memory.is_passed_over(Transport::Udp, nth(0).remote, now));
  CHECK(memory.is_passed_over(Transport::Udp, nth(1000).remote, now + sip::CandidateMemory::kMaxRetryAfter - 1s));
  CHECK_FALSE(memory.is_passed_over(Transport::Udp, nth(1000).remote, now + sip::CandidateMemory::kMaxRetryAfter));

  const auto hop = [](std::size_t i) { return sip::Hop{"h" + std::to_string(i), {}, {}, false}; };
  for (std::size_t i = 0; i <= sip::CandidateMemory::kMaxHops; ++i) memory.on_answer(hop(i), nth(2000), now + std::chrono::seconds(i));
  CHECK(memory.hops() == sip::CandidateMemory::kMaxHops);
  std::vector<sip::Route> routes{nth(3000), nth(2000)};
  memory.arrange(hop(0), routes, now);
  CHECK(routes.front().remote == nth(3000).remote);
  memory.arrange(hop(1), routes, now);
  CHECK(routes.front().remote == nth(2000).remote);
}

TEST_CASE_FIXTURE(Failing, "The stack sends a request of more than 1300 octets over TCP to the same address, and the next small request over UDP [RFC 3261 section 18.1.1]") {
  names.erase("proxy.example");
  names["proxy.example"] = {route(Transport::Udp, kOne)};
  const std::string probe = dial(100);
  receive(response(probe, 486, "x"));
  const std::size_t fixed = probe.size() - 100;
  const std::string exact = dial(1300 - fixed);
  CHECK(exact.size() == 1300);
  CHECK(last_flow.transport == Transport::Udp);
  receive(response(exact, 486, "x"));

  const std::string large = dial(1301 - fixed);
  CHECK(large.size() > 1300);  // The body has one more octet, and the headers have a longer transport name.
  CHECK(last_flow.transport == Transport::Tcp);
  CHECK(last_flow.remote == kOne);
  CHECK(header(large, "Via").starts_with("SIP/2.0/TCP "));
  CHECK(header(large, "Contact").find(";transport=tcp>") != std::string::npos);
  receive(response(large, 200, "a", "answer", contact()), last_flow);
  REQUIRE(!take("ACK ").empty());
  CHECK(last_flow.transport == Transport::Udp);
}

TEST_CASE_FIXTURE(Failing, "If a query for TCP returns another transport, the stack sends a large request over UDP [RFC 3261 section 18.1.1]") {
  answers_queries = false;
  (void)dial(2000);
  stack.on_answer(queries.back().id, {{route(Transport::Udp, kOne)}, ""}, now);
  drain();
  REQUIRE(queries.back().transport == Transport::Tcp);
  stack.on_answer(queries.back().id, {{route(Transport::Tls, kOne)}, ""}, now);
  drain();
  CHECK(!take("INVITE ").empty());
  CHECK(last_flow.transport == Transport::Udp);
}

TEST_CASE_FIXTURE(Failing, "If the peer refuses TCP, the stack sends a large request over UDP, and the next large request over UDP at once [RFC 3261 section 18.1.1]") {
  names["proxy.example"] = {route(Transport::Udp, kOne)};
  (void)dial(2000);
  REQUIRE(last_flow.transport == Transport::Tcp);
  stack.on_flow_failed(last_flow, now);
  drain();
  const std::string again = take("INVITE ");
  REQUIRE(!again.empty());
  CHECK(last_flow.transport == Transport::Udp);
  CHECK(header(again, "Via").starts_with("SIP/2.0/UDP "));
  receive(response(again, 486, "x"));
  (void)dial(2000);
  CHECK(last_flow.transport == Transport::Udp);
}

TEST_CASE("If datagram_limit is 0, the stack sends large requests over UDP") {
  sip::StackOptions options;
  options.datagram_limit = 0;
  Failing here(options);
  (void)here.dial(2000);
  CHECK(here.last_flow.transport == Transport::Udp);
}
