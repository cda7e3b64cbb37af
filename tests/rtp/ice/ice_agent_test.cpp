#include <offhook/rtp/ice/ice_agent.hpp>
#include <offhook/rtp/ice/limits.hpp>
#include <offhook/tests/rtp/ice/scripted_peer.hpp>
#include <offhook/tests/rtp/ice/two_agents.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace offhook;
using namespace offhook_test;
using rtp::IceCompleted;
using rtp::IceConnected;
using rtp::IceFailure;
using rtp::IceState;
using rtp::StunAttribute;
using rtp::StunClass;
using rtp::StunMessage;

namespace {

const auto kRtcpOfA = at("192.0.2.1", 5001), kRtcpOfB = at("198.51.100.1", 6001);

}  // namespace

TEST_CASE("Two full agents check, nominate once and select the same pair [RFC 8445 section 8.1.1]") {
  Pair agents;
  agents.connect(200ms);
  CHECK(agents.is_connected());
  for (auto* side : {&agents.a(), &agents.b()}) {
    CHECK(side->count<IceConnected>() == 1);
    CHECK(side->count<IceCompleted>() == 1);
    CHECK(side->agent->may_send(agents.now()));
    CHECK(side->agent->is_consistent());
  }
  CHECK(agents.requests(0, true) == 1);
  CHECK(agents.requests(1, true) == 0);   // the controlled agent never nominates
  CHECK(agents.agent(0).selected(1)->local.address == kA);
  CHECK(agents.agent(0).selected(1)->remote.address == kB);
  CHECK(agents.agent(0).selected(1)->priority == agents.agent(1).selected(1)->priority);
  CHECK(agents.agent(0).selected(2) == nullptr);
  CHECK(agents.agent(0).selected(0) == nullptr);
  CHECK_FALSE(agents.agent(0).path(3, agents.now()));
}

TEST_CASE("Media may leave on a valid pair before the nomination [RFC 8445 section 12.1]") {
  Pair agents;
  agents.drops = [&](std::size_t from, const rtp::IceTransmit& transmit) {
    return from == 0 && StunMessage::parse(transmit.octets)->has(StunAttribute::UseCandidate);   // The network drops the nomination.
  };
  agents.connect(2s);
  CHECK(agents.agent(1).state() == IceState::Running);
  CHECK(agents.agent(1).selected(1) == nullptr);
  CHECK(agents.agent(1).path(1, agents.now()) == rtp::IcePath{kB, kA});
  CHECK(agents.b().count<IceConnected>() == 1);
  agents.run(29s);
  CHECK_FALSE(agents.agent(1).may_send(agents.now()));   // For 30 s, no answer has confirmed the valid pair: RFC 7675 section 5.1.
}

TEST_CASE("RTP and RTCP on two ports each get a selected pair, and ICE completes when the second pair is selected [RFC 8445 section 8.1.2]") {
  Pair agents({.controlling = true, .components = 2}, {.controlling = false, .components = 2});
  (void)agents.agent(0).add_local(host(kRtcpOfA, 2));
  (void)agents.agent(1).add_local(host(kRtcpOfB, 2));
  bool rtcp_is_open = false;
  agents.drops = [&](std::size_t, const rtp::IceTransmit& transmit) { return !rtcp_is_open && (transmit.base == kRtcpOfA || transmit.base == kRtcpOfB); };
  agents.connect(5s);
  CHECK(agents.agent(0).state() == IceState::Running);
  CHECK(agents.agent(0).selected(1) != nullptr);
  CHECK(agents.a().count<IceConnected>() == 0);
  rtcp_is_open = true;
  agents.run(5s);
  CHECK(agents.is_connected(1));
  CHECK(agents.is_connected(2));
  CHECK(agents.agent(1).path(2, agents.now()) == rtp::IcePath{kRtcpOfB, kRtcpOfA});
}

TEST_CASE("If the peer multiplexes RTCP, the second component is not checked [RFC 8445 section 6.1.2.2]") {
  Pair agents({.controlling = true, .components = 2}, {.controlling = false, .components = 1});
  (void)agents.agent(0).add_local(host(kRtcpOfA, 2));
  agents.connect(500ms);
  CHECK(agents.is_connected());
  for (const auto& one : agents.a().sent) CHECK(one.base == kA);
}

TEST_CASE("A new check leaves every 50 ms, or at the larger pacing of both sides [RFC 8445 section 14.2]") {
  const auto gap_with = [](base::Duration ours, base::Duration theirs) {
    TwoAgents agents({.controlling = true, .pacing = ours});
    (void)agents.agent(0).add_local(host(kA));
    for (unsigned i = 0; i < 3; ++i) (void)agents.agent(1).add_local(host(at("198.51.100.2", 6000 + i)));
    agents.b().described.pacing = theirs;
    agents.drops = [](std::size_t, const rtp::IceTransmit&) { return true; };
    agents.describe(1);
    auto time = 0ms;
    std::vector<std::chrono::milliseconds> times;
    for (std::size_t before = 0; times.size() < 3 && time < 10s; time += 1ms) {
      agents.run(1ms);
      if (agents.a().sent.size() > before) times.push_back(time);
      before = agents.a().sent.size();
    }
    return times.size() < 3 ? -1ms : times[1] - times[0] == times[2] - times[1] ? times[1] - times[0] : -2ms;
  };
  CHECK(gap_with(50ms, 50ms) == 50ms);
  CHECK(gap_with(20ms, 100ms) == 100ms);
  CHECK(gap_with(200ms, 10ms) == 200ms);
  CHECK(gap_with(1ms, 1ms) == 5ms);
  CHECK(gap_with(50ms, std::chrono::hours(24)) == 1s);
}

TEST_CASE("The pair with the highest priority is checked first, whatever the order of the candidates") {
  TwoAgents agents;
  (void)agents.agent(0).add_local(host(kA));
  (void)agents.agent(1).add_local(host(kB));
  (void)agents.agent(1).add_local(reflexive(kB, at("203.0.113.1", 7000)));
  (void)agents.agent(1).add_local(relayed(at("192.0.2.20", 50000)));
  agents.drops = [](std::size_t, const rtp::IceTransmit&) { return true; };
  (void)agents.agent(0).set_peer({.credentials = agents.agent(1).credentials()}, agents.now());
  const auto candidates = agents.agent(1).local_candidates();
  for (std::size_t i = candidates.size(); i-- > 0;) agents.agent(0).add_remote(candidates[i], agents.now());
  agents.run(300ms);
  REQUIRE(agents.a().sent.size() == 3);
  CHECK(agents.a().sent[0].to == kB);
  CHECK(agents.a().sent[1].to == at("203.0.113.1", 7000));
  CHECK(agents.a().sent[2].to == at("192.0.2.20", 50000));
}

TEST_CASE("The agent checks at most max_pairs pairs, which is 100 by default and never more than kMaxIcePairs [RFC 8445 section 6.1.2.5]") {
  const auto checked_with = [](std::size_t max_pairs) {
    base::SeededRandom random(1);
    rtp::IceAgent agent({.pacing = 5ms, .max_pairs = max_pairs}, random);
    for (unsigned i = 0; i < rtp::kMaxLocalCandidates; ++i) (void)agent.add_local(host(at("192.0.2." + std::to_string(i + 1), 5000)));
    base::TimePoint now{1000s};
    (void)agent.set_peer({.credentials = {"RFRAG", "RPASSRPASSRPASSRPASSRPASS"}, .pacing = 5ms}, now);
    for (unsigned i = 0; i < rtp::kMaxRemoteCandidates; ++i) agent.add_remote(signalled(at("198.51.100.1", 6000 + i)), now);
    std::set<std::pair<base::SocketAddress, base::SocketAddress>> checked;
    while (const auto due = agent.next_deadline()) {
      now = std::max(now, *due);
      agent.on_time(now);
      while (const auto one = agent.poll_transmit()) checked.emplace(one->base, one->to);
    }
    return checked.size();
  };
  CHECK(checked_with(rtp::IceOptions{}.max_pairs) == 100);
  CHECK(checked_with(3) == 3);
  CHECK(checked_with(0) == 1);
  CHECK(checked_with(rtp::kMaxIcePairs) == rtp::kMaxIcePairs);
  CHECK(checked_with(rtp::kMaxIcePairs + 1) == rtp::kMaxIcePairs);
}

TEST_CASE("With many pairs, the agent sends the first request of each pair before it repeats a request [RFC 8445 section 14.3]") {
  TwoAgents agents;
  (void)agents.agent(0).add_local(host(kA));
  for (unsigned i = 0; i < 30; ++i) (void)agents.agent(1).add_local(host(at("198.51.100.2", 6000 + i), 1));
  agents.drops = [](std::size_t, const rtp::IceTransmit&) { return true; };
  agents.describe(1);
  agents.run(1600ms);
  std::set<base::SocketAddress> asked;
  for (std::size_t i = 0; i < 30; ++i) asked.insert(agents.a().sent.at(i).to);
  CHECK(asked.size() == 30);
}

TEST_CASE("Two agents with the same role resolve the conflict, whichever has the larger tie-breaker [RFC 8445 section 7.3.1.1]") {
  for (const bool controlling : {true, false}) {
    for (const unsigned draws : {0U, 1U, 2U, 3U, 4U}) {
      CAPTURE(controlling);
      CAPTURE(draws);
      TwoAgents agents;
      for (std::size_t number = 0; number < 2; ++number) {
        auto& side = number == 0 ? agents.a() : agents.b();
        *side.random = base::SeededRandom(100 * draws + number);
        side.agent = std::make_unique<rtp::IceAgent>(rtp::IceOptions{.controlling = controlling}, *side.random);
        (void)side.agent->add_local(host(number == 0 ? kA : kB));
      }
      agents.connect(2s);
      CHECK(agents.is_connected());
      CHECK(agents.agent(0).is_controlling() != agents.agent(1).is_controlling());
    }
  }
}

TEST_CASE("A full agent is controlling if the peer is lite, and the lite agent answers checks but sends none [RFC 8445 section 6.1.1]") {
  for (const bool lite_offers : {true, false}) {
    CAPTURE(lite_offers);
    Pair agents({.controlling = !lite_offers}, {.controlling = lite_offers, .lite = true});
    agents.connect(500ms);
    CHECK(agents.is_connected());
    CHECK(agents.agent(0).is_controlling());
    CHECK_FALSE(agents.agent(1).is_controlling());
    CHECK(agents.requests(1) == 0);
  }
}

TEST_CASE("A lite agent sends no media before the nomination [RFC 8445 section 12.1.1]") {
  ScriptedPeer peer({.lite = true});
  peer.describe();
  peer.receive(peer.check(false));
  CHECK(peer.last_answer() == 200);
  CHECK_FALSE(peer.agent.may_send(peer.now));
  peer.receive(peer.check(true));
  CHECK(peer.agent.path(1, peer.now) == rtp::IcePath{peer.base, peer.peer});
  CHECK(peer.event<IceCompleted>());
}

TEST_CASE("A lite agent keeps its path alive by indications every 15 s, and sends no requests for consent [RFC 8445 section 11]") {
  Pair agents({.controlling = true}, {.lite = true});
  agents.connect(1s);
  agents.b().sent.clear();
  agents.run(60s);
  std::size_t indications = 0;
  for (const auto& one : agents.b().sent) {
    const auto message = StunMessage::parse(one.octets);
    CHECK(message->kind() != StunClass::Request);
    indications += message->kind() == StunClass::Indication ? 1 : 0;
  }
  CHECK(indications == 4);
  CHECK(agents.agent(0).may_send(agents.now()));   // the lite agent answers the requests for consent
}

TEST_CASE("Two lite agents select the same pair without a check [RFC 8445 section 8.2]") {
  Pair agents({.controlling = true, .lite = true}, {.controlling = false, .lite = true});
  (void)agents.agent(0).add_local(host(at("2001:db8::1", 5000)));
  (void)agents.agent(1).add_local(host(at("2001:db8::2", 6000)));
  agents.connect(1s);
  CHECK(agents.is_connected());
  CHECK(agents.requests(0) + agents.requests(1) == 0);
}

TEST_CASE("Candidates that trickle in are checked as they come, and the first candidate is enough to connect [RFC 8838 section 11]") {
  TwoAgents agents;
  for (auto* side : {&agents.a(), &agents.b()}) side->described.trickle = true;
  agents.connect(1s);
  CHECK(agents.a().sent.empty());
  const auto ours = agents.agent(0).add_local(host(kA)), theirs = agents.agent(1).add_local(host(kB));
  agents.run(1s);
  agents.agent(1).add_remote(*ours, agents.now());
  agents.run(1s);
  agents.agent(0).add_remote(*theirs, agents.now());
  agents.run(1s);
  CHECK(agents.is_connected());
}

TEST_CASE("A local candidate that comes late is paired with all candidates of the peer [RFC 8838 section 10]") {
  Pair agents;
  const auto other = at("203.0.113.9", 5000);
  agents.drops = [&](std::size_t, const rtp::IceTransmit& transmit) { return transmit.base != other && transmit.to != other; };
  agents.connect(1s);
  CHECK_FALSE(agents.agent(0).may_send(agents.now()));
  const auto late = agents.agent(0).add_local(host(other));
  agents.agent(1).add_remote(*late, agents.now());
  agents.run(1s);
  CHECK(agents.is_connected());
  CHECK(agents.agent(1).path(1, agents.now())->to == other);
}

TEST_CASE("The agent does not fail before the peer's end-of-candidates, or while its owner gathers [RFC 8838 section 8]") {
  Pair agents;
  agents.b().described.trickle = true;
  agents.drops = [](std::size_t, const rtp::IceTransmit&) { return true; };
  agents.describe(1);
  agents.run(200s);
  CHECK(agents.agent(0).state() == IceState::Running);
  agents.agent(0).set_gathering(true, agents.now());
  agents.agent(0).end_of_remote(agents.now());
  agents.run(1s);
  CHECK(agents.agent(0).state() == IceState::Running);
  agents.agent(0).set_gathering(false, agents.now());
  agents.run(1s);
  CHECK(agents.a().failure() == IceFailure::ChecksTimedOut);
}

TEST_CASE("A 487 makes the agent check again in the other role, with another tie-breaker [RFC 8445 section 7.2.5.1]") {
  ScriptedPeer peer({.controlling = true});
  peer.describe();
  peer.signal();
  peer.pass(10ms);
  const auto first = *peer.last_request();
  peer.receive(peer.error_to(first, 487));
  CHECK_FALSE(peer.agent.is_controlling());
  peer.pass(60ms);
  const auto second = *peer.last_request();
  const auto before = StunMessage::parse(first.octets)->long_number(StunAttribute::IceControlling);
  const auto after = StunMessage::parse(second.octets)->long_number(StunAttribute::IceControlled);
  REQUIRE(before);
  REQUIRE(after);
  CHECK(*before != *after);
  CHECK(StunMessage::parse(first.octets)->id() != StunMessage::parse(second.octets)->id());
}

TEST_CASE("If the mapped address in an answer is not a known reflexive candidate, it becomes a peer-reflexive candidate [RFC 8445 section 7.2.5.3.1]") {
  for (const bool known : {true, false}) {
    ScriptedPeer peer({.controlling = true});
    const auto mapped = at("203.0.113.1", 7777);
    if (known) (void)peer.agent.add_local(reflexive(peer.base, mapped));
    peer.describe();
    peer.signal();
    for (int i = 0; i < 2; ++i) {
      peer.pass(60ms);
      const auto request = *peer.last_request();
      peer.receive(write_success(StunMessage::parse(request.octets)->id(), mapped, peer.credentials));
    }
    const auto* const selected = peer.agent.selected(1);
    REQUIRE(selected != nullptr);
    CHECK(selected->local.address == mapped);
    CHECK(selected->local.base == peer.base);
    CHECK(selected->local.type == (known ? rtp::IceCandidateType::ServerReflexive : rtp::IceCandidateType::PeerReflexive));
    CHECK(selected->path() == rtp::IcePath{peer.base, peer.peer});
  }
}

TEST_CASE("A repeated description of the peer changes nothing, and a description with malformed credentials is refused [RFC 8839 section 5.4]") {
  Pair agents;
  agents.connect(1s);
  const auto ours = agents.agent(0).credentials();
  agents.describe(1);
  CHECK(agents.agent(0).credentials() == ours);
  CHECK(agents.is_connected());
  CHECK_FALSE(agents.agent(0).set_peer({.credentials = {"abc", std::string(22, 'x')}}, agents.now()));
  CHECK_FALSE(agents.agent(0).set_peer({.credentials = {"abcd", std::string(21, 'x')}}, agents.now()));
  CHECK_FALSE(agents.agent(0).set_peer({.credentials = {std::string(257, 'a'), std::string(22, 'x')}}, agents.now()));
  CHECK(agents.agent(0).credentials() == ours);
}

TEST_CASE("A relayed candidate is a base, and is used if no other pair works [RFC 8445 section 7.2.1]") {
  Pair agents;
  const auto relay = at("192.0.2.20", 50000);
  (void)agents.agent(0).add_local(relayed(relay));
  agents.drops = [&](std::size_t, const rtp::IceTransmit& transmit) { return transmit.base == kA || transmit.to == kA; };
  agents.connect(5s);
  CHECK(agents.is_connected());
  CHECK(agents.agent(0).path(1, agents.now()) == rtp::IcePath{relay, kB});
  CHECK(agents.agent(0).selected(1)->local.type == rtp::IceCandidateType::Relayed);
}
