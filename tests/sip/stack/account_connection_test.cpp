// Tests of the connection that a registration uses: keep-alive pings, failure, and the time from which it may be closed.
#include <offhook/tests/sip/stack/registering.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

namespace {

struct OverTcp : Registering {
  sip::Flow used;

  OverTcp() {
    options.registrar = "sip:192.0.2.50;transport=tcp";
    options.expires = 7200s;
    peer.transport = sip::Transport::Tcp;
    const std::string first = start();
    used = last_flow;
    receive(granted(first, 7200));
    sent.clear();
  }
  /// Advances the time to the next ping and returns that time.
  base::TimePoint ping() {
    for (int i = 0; i < 121 && count("\r\n\r\n") == 0; ++i) advance(1s);
    REQUIRE(count("\r\n\r\n") == 1);
    CHECK(sent.back().flow.remote == used.remote);
    sent.clear();
    return now;
  }
};

}  // namespace

TEST_CASE_FIXTURE(OverTcp, "Over TCP an account pings every 95 to 120 s, and keeps a connection on which no pong has ever come [RFC 5626 section 4.4.1]") {
  auto last = begin;
  for (int i = 0; i < 5; ++i) {
    const auto at = ping();
    CHECK(at - last >= 95s);
    CHECK(at - last <= 121s);
    last = at;
  }
  CHECK_FALSE(stack.poll_close());
  CHECK(stack.counters().dead_flows == 0);
}

TEST_CASE_FIXTURE(OverTcp, "After unregister() the account does not use its connection any more") {
  CHECK(stack.uses(used));
  stack.accounts().unregister(account, now);
  drain();
  receive(response(take("REGISTER "), 200, ""), used);
  advance(40s);
  CHECK_FALSE(stack.uses(used));
}

TEST_CASE_FIXTURE(OverTcp, "If a REGISTER gets not even a 100, the stack closes the connection and opens a new one for the next REGISTER") {
  std::string word;
  SUBCASE("no response") {}
  SUBCASE("a 100 response") { word = "100"; }
  stack.accounts().refresh(account, now);
  drain();
  const std::string refresh = take("REGISTER ");
  if (!word.empty()) receive(response(refresh, 100, ""), used);
  advance(31999ms);
  CHECK_FALSE(stack.poll_close());
  advance(1ms);
  const auto dead = stack.poll_close();
  REQUIRE(dead.has_value() == word.empty());
  if (!dead) return;
  CHECK(dead->remote == used.remote);
  CHECK(stack.counters().dead_flows == 1);
  stack.on_flow_failed(*dead, now);
  drain();
  sent.clear();
  advance(2s);
  CHECK(!take("REGISTER ").empty());
  CHECK(last_flow.id == sip::FlowId{});
}

TEST_CASE_FIXTURE(OverTcp,
    "If a server that has sent pongs sends no pong within 10 s, the stack closes the connection and registers again [RFC 5626 section 4.4.1]") {
  ping();
  receive("\r\n", used);
  ping();
  advance(8s);
  receive("\r\n", used);  // This pong is in time.
  advance(10s);
  CHECK_FALSE(stack.poll_close());
  ping();
  advance(8s);
  CHECK_FALSE(stack.poll_close());
  advance(2s);
  const auto dead = stack.poll_close();
  REQUIRE(dead);
  CHECK(dead->remote == used.remote);
  CHECK(stack.counters().dead_flows == 1);
  stack.on_flow_failed(*dead, now);
  drain();
  advance(2s);
  const std::string again = take("REGISTER ");
  REQUIRE(!again.empty());
  receive(granted(again, 7200));
  ping();  // The stack also pings the new connection, on which the server has not sent a pong yet.
  advance(11s);
  CHECK_FALSE(stack.poll_close());
}

TEST_CASE_FIXTURE(OverTcp, "The stack does not expect pongs after it got a pong without a ping, or a pong from another address") {
  receive("\r\n", used);  // No ping was sent yet. This is also half of a ping of the server.
  ping();
  receive("\r\n", {{9}, sip::Transport::Tcp, local, address("192.0.2.77", 5060)});
  advance(11s);
  CHECK_FALSE(stack.poll_close());
}

TEST_CASE_FIXTURE(OverTcp, "uses() returns true for the connection of a registration, and false for another connection") {
  CHECK(stack.uses(used));
  CHECK_FALSE(stack.uses({{9}, sip::Transport::Tcp, local, address("192.0.2.77", 4000)}));
}
