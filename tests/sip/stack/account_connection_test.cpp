// The connection that a registration came by: pings, its end, and who needs it.
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
  /// The time at which the next ping left.
  base::TimePoint ping() {
    for (int i = 0; i < 121 && count("\r\n\r\n") == 0; ++i) advance(1s);
    REQUIRE(count("\r\n\r\n") == 1);
    CHECK(sent.back().flow.remote == used.remote);
    sent.clear();
    return now;
  }
};

}  // namespace

TEST_CASE_FIXTURE(OverTcp,
                  "Over TCP it pings every 95 to 120 s; a server that never pongs is not taken for dead [RFC 5626 section "
                  "4.4.1]") {
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

TEST_CASE_FIXTURE(OverTcp, "A registration that was taken back needs its connection no more") {
  CHECK(stack.uses(used));
  stack.unregister(account, now);
  drain();
  receive(response(take("REGISTER "), 200, ""), used);
  advance(40s);
  CHECK_FALSE(stack.uses(used));
}

TEST_CASE_FIXTURE(OverTcp, "A connection over which a REGISTER gets no word at all is closed, and the next one takes a new one") {
  std::string word;
  SUBCASE("nothing") {}
  SUBCASE("a 100") { word = "100"; }
  stack.refresh_registration(account, now);
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
                  "A server that ponged before and does not within 10 s is dead: the connection is closed, and it "
                  "registers anew [RFC 5626 section 4.4.1]") {
  ping();
  receive("\r\n", used);
  ping();
  advance(8s);
  receive("\r\n", used);  // In time.
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
  ping();  // And the new connection is pinged, with nothing known of it yet.
  advance(11s);
  CHECK_FALSE(stack.poll_close());
}

TEST_CASE_FIXTURE(OverTcp, "A pong that nobody asked for, or from elsewhere, proves nothing") {
  receive("\r\n", used);  // Before any ping: half of one of theirs.
  ping();
  receive("\r\n", {{9}, sip::Transport::Tcp, local, address("192.0.2.77", 5060)});
  advance(11s);
  CHECK_FALSE(stack.poll_close());
}

TEST_CASE_FIXTURE(OverTcp, "The connection that carries a registration is in use, another is not") {
  CHECK(stack.uses(used));
  CHECK_FALSE(stack.uses({{9}, sip::Transport::Tcp, local, address("192.0.2.77", 4000)}));
}
