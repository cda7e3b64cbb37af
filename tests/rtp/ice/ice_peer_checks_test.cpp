#include <offhook/rtp/ice/ice_agent.hpp>
#include <offhook/rtp/ice/limits.hpp>
#include <offhook/tests/rtp/ice/scripted_peer.hpp>

#include <doctest/doctest.h>

#include <set>
#include <utility>

using namespace offhook;
using namespace offhook_test;
using rtp::IceCompleted;
using rtp::IceConnected;
using rtp::IceState;
using rtp::StunClass;
using rtp::StunMessage;

TEST_CASE("The agent waits 39.5 s for checks of the peer, even without any candidate [RFC 8863 section 4]") {
  ScriptedPeer peer({.controlling = true});
  peer.describe();
  peer.agent.on_time(peer.now);
  peer.pass(39'499ms);
  CHECK(peer.agent.state() == IceState::Running);
  peer.claim.controlling = false;
  peer.receive(peer.check());
  peer.pass(10ms);
  const auto triggered = peer.last_request();
  REQUIRE(triggered);
  CHECK(triggered->to == peer.peer);
  peer.receive(peer.success_to(*triggered));
  CHECK(peer.event<IceConnected>());
}

TEST_CASE("The agent answers checks that come before the peer's description, and checks their pairs after it [RFC 8445 section 7.3]") {
  ScriptedPeer peer;
  for (unsigned i = 0; i < rtp::kMaxEarlyChecks + 1; ++i) {
    peer.receive(peer.check(i == 0), at("198.51.100.1", 6000 + i));
    CHECK(peer.last_answer() == 200);
  }
  CHECK_FALSE(peer.agent.next_deadline());
  CHECK(peer.agent.is_consistent());
  peer.describe();
  std::set<base::SocketAddress> asked;
  peer.pass(2s);
  while (const auto one = peer.next()) {
    if (asked.insert(one->to).second && one->to == peer.peer) peer.receive(peer.success_to(*one));
  }
  CHECK(asked.size() == rtp::kMaxEarlyChecks);
  CHECK(peer.event<IceCompleted>());   // The first of these checks had USE-CANDIDATE.
}

TEST_CASE("A check that the peer repeats before its description uses only one of the kMaxEarlyChecks places") {
  ScriptedPeer peer;
  for (unsigned i = 0; i < 2 * rtp::kMaxEarlyChecks; ++i) peer.receive(peer.check(i == 5));
  peer.receive(peer.check(), at("198.51.100.1", 6001));
  peer.describe();
  peer.pass(100ms);
  std::set<base::SocketAddress> asked;
  while (const auto one = peer.next()) {
    if (StunMessage::parse(one->octets)->kind() == StunClass::Request && asked.insert(one->to).second && one->to == peer.peer) peer.receive(peer.success_to(*one));
  }
  CHECK(asked == std::set{peer.peer, at("198.51.100.1", 6001)});
  CHECK(peer.event<IceCompleted>());
}

TEST_CASE("The agent answers a check of another fork, but the check changes nothing [RFC 8445 section 7.3.1.4]") {
  ScriptedPeer peer;
  peer.describe();
  const auto fork = std::exchange(peer.credentials, {"OTHER", "OPASSOPASSOPASSOPASSOPASS"});
  peer.receive(peer.check(true));
  CHECK(peer.last_answer() == 200);
  peer.pass(1s);
  CHECK_FALSE(peer.last_request());
}

TEST_CASE("A check from an unknown address makes a peer-reflexive candidate, and the agent checks its pair [RFC 8445 section 7.3.1.3]") {
  ScriptedPeer peer;
  peer.describe();
  peer.signal();
  peer.pass(10ms);
  (void)peer.last_request();
  const auto mapped = at("203.0.113.77", 40000);
  peer.receive(peer.check(false, 4711), mapped);
  peer.pass(60ms);
  const auto triggered = *peer.last_request();
  CHECK(triggered.to == mapped);
  peer.receive(peer.success_to(triggered), mapped);
  peer.receive(peer.check(true, 4711), mapped);
  CHECK(peer.event<IceCompleted>());
  CHECK(peer.agent.selected(1)->remote.type == rtp::IceCandidateType::PeerReflexive);
  CHECK(peer.agent.selected(1)->remote.priority == 4711);
}

TEST_CASE("When the peer checks a pair that the agent is checking, the agent begins a new check of this pair [RFC 8445 section 7.3.1.4]") {
  ScriptedPeer peer;
  peer.describe();
  peer.signal();
  peer.pass(10ms);
  const auto first = *peer.last_request();
  peer.pass(100ms);
  CHECK_FALSE(peer.last_request());
  peer.receive(peer.check());
  peer.pass(1ms);
  const auto second = *peer.last_request();
  CHECK(StunMessage::parse(second.octets)->id() != StunMessage::parse(first.octets)->id());
  peer.receive(peer.success_to(first));   // The answer to the cancelled check counts.
  CHECK(peer.event<IceConnected>());
}

TEST_CASE("The agent repeats a check every 2 s if the peer is lite or has sent a check on the pair, and otherwise sends it seven times") {
  const auto requests_with = [](bool heard, bool lite) {
    ScriptedPeer peer({.controlling = lite});
    peer.describe(true, lite);
    peer.signal();
    if (heard) peer.receive(peer.check());
    peer.pass(39s);
    int requests = 0;
    while (const auto one = peer.next()) requests += StunMessage::parse(one->octets)->kind() == StunClass::Request ? 1 : 0;
    return requests;
  };
  CHECK(requests_with(false, false) == 7);
  CHECK(requests_with(true, false) == 21);
  CHECK(requests_with(false, true) == 21);
}

TEST_CASE("The end of a cancelled check does not fail the pair, because a new check has replaced it [RFC 8445 section 7.3.1.4]") {
  ScriptedPeer peer;
  peer.describe();
  peer.signal();
  peer.pass(10s);
  (void)peer.last_request();
  peer.receive(peer.check());
  peer.pass(1s);
  const auto second = *peer.last_request();
  peer.pass(34s);   // The first check would have ended after 39.5 s.
  CHECK(peer.agent.state() == IceState::Running);
  peer.receive(peer.success_to(second));
  CHECK(peer.event<IceConnected>());
}
