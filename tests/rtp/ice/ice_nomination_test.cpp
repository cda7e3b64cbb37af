#include <offhook/rtp/ice/ice_agent.hpp>
#include <offhook/tests/rtp/ice/scripted_peer.hpp>
#include <offhook/tests/rtp/ice/two_agents.hpp>

#include <doctest/doctest.h>

#include <cstdint>

using namespace offhook;
using namespace offhook_test;
using rtp::IceConnected;
using rtp::IceFailed;
using rtp::IceFailure;
using rtp::IceState;
using rtp::StunAttribute;
using rtp::StunClass;
using rtp::StunMessage;

TEST_CASE("A nomination without an answer fails ICE [RFC 8445 section 7.2.5.3.4]") {
  ScriptedPeer peer({.controlling = true});
  peer.describe();
  peer.signal();
  peer.pass(10ms);
  peer.receive(peer.success_to(*peer.last_request()));
  peer.pass(60ms);
  CHECK(StunMessage::parse(peer.last_request()->octets)->has(StunAttribute::UseCandidate));
  peer.pass(40s);
  CHECK(peer.event<IceFailed>()->reason == IceFailure::NominationFailed);
}

TEST_CASE("The controlled agent selects the pair with USE-CANDIDATE when the triggered check has succeeded [RFC 8445 section 7.3.1.5]") {
  ScriptedPeer peer;
  peer.describe();
  peer.signal();
  peer.receive(peer.check(true));
  CHECK(peer.agent.state() == IceState::Running);
  peer.pass(10ms);
  peer.receive(peer.success_to(*peer.last_request()));
  CHECK(peer.agent.state() == IceState::Completed);
}

TEST_CASE("If a peer of RFC 5245 nominates several pairs, the agent selects the nominated pair with the highest priority [RFC 8445 section 8.1.1]") {
  for (const bool ice2 : {false, true}) {
    CAPTURE(ice2);
    ScriptedPeer peer;
    peer.describe(ice2);
    const auto nominate = [&](unsigned port, std::uint32_t priority) {
      const auto from = at("198.51.100.1", port);
      peer.receive(peer.check(true, priority), from);
      peer.pass(60ms);
      while (const auto one = peer.next()) {
        if (StunMessage::parse(one->octets)->kind() == StunClass::Request) peer.receive(peer.success_to(*one), one->to);
      }
      return peer.agent.path(1, peer.now)->to.port;
    };
    CHECK(nominate(6000, 1000) == 6000);
    CHECK(nominate(6001, 2000) == (ice2 ? 6000 : 6001));
    CHECK(nominate(6002, 1500) == (ice2 ? 6000 : 6001));
    peer.pass(20s);
    CHECK(nominate(6003, 9000) == (ice2 ? 6000 : 6003));
  }
}

TEST_CASE("The agent follows the nomination of a pair with a lower priority if the peer of RFC 5245 is no longer heard on the selected pair") {
  ScriptedPeer peer;
  peer.describe(false);
  const auto answer_to = [&](unsigned port) {
    while (const auto one = peer.next()) {
      const bool is_request = StunMessage::parse(one->octets)->kind() == StunClass::Request;
      if (is_request && one->to.port == port) peer.receive(peer.success_to(*one), one->to);
    }
  };
  const auto nominate = [&](unsigned port, std::uint32_t priority) {
    peer.receive(peer.check(true, priority), at("198.51.100.1", port));
    peer.pass(60ms);
    answer_to(port);
    return peer.agent.path(1, peer.now)->to.port;
  };
  CHECK(nominate(6000, 2000) == 6000);
  for (int i = 0; i < 7; ++i) {   // The peer answers requests for consent on the selected pair.
    peer.pass(6s);
    answer_to(6000);
  }
  CHECK(nominate(6001, 1000) == 6000);
  peer.pass(7900ms);
  peer.receive(peer.check(false, 2000));   // The peer's own request also shows that the pair is alive.
  peer.pass(7900ms);
  CHECK(nominate(6001, 1000) == 6000);
  peer.pass(200ms);
  CHECK(nominate(6001, 1000) == 6001);
}

TEST_CASE("A request that gets 487 does not nominate its pair, but the agent checks the pair") {
  ScriptedPeer peer;
  peer.describe();
  peer.claim = {false, ~std::uint64_t{0}};
  peer.receive(peer.check(true));
  CHECK(peer.last_answer() == 487);
  peer.pass(10ms);
  const auto triggered = peer.last_request();
  REQUIRE(triggered);
  peer.receive(peer.success_to(*triggered));
  CHECK(peer.event<IceConnected>());
  CHECK(peer.agent.state() == IceState::Running);
}

TEST_CASE("A controlling agent ignores USE-CANDIDATE of a controlled peer [RFC 8445 section 7.1.2]") {
  ScriptedPeer peer({.controlling = true});
  peer.claim.controlling = false;
  peer.describe();
  peer.signal();
  peer.receive(peer.check(true));
  peer.pass(10ms);
  peer.receive(peer.success_to(*peer.last_request()));
  CHECK(peer.agent.state() == IceState::Running);
}

TEST_CASE("The agent nominates a direct pair, even if a relayed pair was valid first") {
  Pair agents;
  (void)agents.agent(0).add_local(relayed(at("192.0.2.20", 50000)));
  int lost = 0;
  agents.drops = [&](std::size_t, const rtp::IceTransmit& transmit) { return (transmit.base == kA || transmit.to == kA) && ++lost <= 2; };   // the first check of each side
  agents.connect(5s);
  CHECK(agents.agent(0).path(1, agents.now()) == rtp::IcePath{kA, kB});
}
