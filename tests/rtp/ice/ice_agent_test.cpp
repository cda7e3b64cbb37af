#include <offhook/rtp/ice/ice_agent.hpp>
#include <offhook/rtp/ice/limits.hpp>
#include <offhook/tests/rtp/ice/scripted_peer.hpp>
#include <offhook/tests/rtp/ice/two_agents.hpp>

#include <doctest/doctest.h>

#include <set>
#include <vector>

using namespace offhook;
using namespace offhook_test;
using rtp::IceCompleted;
using rtp::IceConnected;
using rtp::IceConsentLost;
using rtp::IceFailed;
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

TEST_CASE("The agent does not fail before the end of candidates, nor while its owner gathers [RFC 8838 section 8]") {
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

TEST_CASE("A failure has its cause: no candidates, no pairs, no answers or no nomination") {
  const auto failure_after = [](ScriptedPeer& peer, std::chrono::milliseconds time) {
    peer.pass(time);
    const auto failed = peer.event<IceFailed>();
    CHECK(peer.agent.state() == (failed ? IceState::Failed : IceState::Running));
    CHECK_FALSE(peer.agent.may_send(peer.now));
    return failed ? std::optional(failed->reason) : std::nullopt;
  };
  ScriptedPeer none;
  none.describe();
  CHECK(failure_after(none, 40s) == IceFailure::NoRemoteCandidates);
  ScriptedPeer other_family;
  other_family.describe();
  other_family.agent.add_remote(signalled(at("2001:db8::1", 6000)), other_family.now);
  CHECK(failure_after(other_family, 40s) == IceFailure::NoPairs);
  ScriptedPeer silent;
  silent.describe();
  silent.signal();
  CHECK(failure_after(silent, 40s) == IceFailure::ChecksTimedOut);
  ScriptedPeer undecided;
  undecided.describe();
  undecided.signal();
  undecided.pass(10ms);
  undecided.receive(undecided.success_to(*undecided.last_request()));
  CHECK_FALSE(failure_after(undecided, 78s));
  CHECK(failure_after(undecided, 2s) == IceFailure::NotNominated);
  for (const auto cause : {IceFailure::NoRemoteCandidates, IceFailure::NoPairs, IceFailure::ChecksTimedOut, IceFailure::CredentialsRefused, IceFailure::ChecksRefused,
                           IceFailure::NominationFailed, IceFailure::NotNominated})
    CHECK(to_string(cause) != "unknown");
}

TEST_CASE("An unsigned 401 of a peer with another password does not end the check, but a later failure names it as the cause [RFC 8445 section 19.2]") {
  ScriptedPeer peer;
  peer.describe();
  peer.signal();
  peer.pass(10ms);
  const auto request = *peer.last_request();
  peer.receive(peer.error_to(request, 401, false));
  peer.pass(500ms);
  CHECK(peer.last_request());   // The agent repeats the check.
  peer.pass(40s);
  CHECK(peer.event<IceFailed>()->reason == IceFailure::CredentialsRefused);
}

TEST_CASE("A signed error response ends the check, and a later failure names it as the cause [RFC 8445 section 7.2.5.2.4]") {
  ScriptedPeer peer;
  peer.describe();
  peer.signal();
  peer.pass(10ms);
  peer.receive(peer.error_to(*peer.last_request(), 400));
  CHECK(peer.agent.state() == IceState::Running);   // A check of the peer may still come.
  peer.pass(5s);
  CHECK_FALSE(peer.last_request());
  peer.pass(40s);
  CHECK(peer.event<IceFailed>()->reason == IceFailure::ChecksRefused);
}

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

TEST_CASE("A check that the peer repeats before its description uses one of kMaxEarlyChecks places") {
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

TEST_CASE("The mapped address in an answer is a known reflexive candidate, or becomes a peer-reflexive one [RFC 8445 section 7.2.5.3.1]") {
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

TEST_CASE("When the peer checks a pair whose check is in progress, the agent begins a new check of it [RFC 8445 section 7.3.1.4]") {
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

TEST_CASE("A peer of RFC 5245 may nominate several pairs: the one with the highest priority is selected [RFC 8445 section 8.1.1]") {
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

TEST_CASE("A peer of RFC 5245 may nominate a pair with a lower priority when it is no longer heard on the selected one") {
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

TEST_CASE("The agent requests consent every 4 to 6 s on the selected pair, and loses it after 30 s without an answer [RFC 7675 section 5.1]") {
  Pair agents;
  agents.connect(1s);
  agents.a().sent.clear();
  agents.run(60s);
  CHECK(agents.requests(0) >= 10);
  CHECK(agents.requests(0) <= 15);
  CHECK(agents.is_connected());
  agents.drops = [](std::size_t from, const rtp::IceTransmit&) { return from == 1; };
  agents.run(23s);
  CHECK(agents.agent(0).may_send(agents.now()));
  agents.run(8s);
  CHECK_FALSE(agents.agent(0).may_send(agents.now()));
  CHECK(agents.a().count<IceConsentLost>() == 1);
  agents.drops = nullptr;
  agents.run(60s);
  CHECK_FALSE(agents.agent(0).may_send(agents.now()));   // Only a restart restores consent.
  agents.agent(0).restart();
  agents.connect();
  CHECK(agents.is_connected());
}

TEST_CASE("The 30 s of consent begin with the nomination, even if the pair was valid long before") {
  ScriptedPeer peer;
  peer.describe();
  peer.signal();
  peer.pass(10ms);
  peer.receive(peer.success_to(*peer.last_request()));
  peer.pass(35s);
  peer.receive(peer.check(true));
  CHECK(peer.agent.state() == IceState::Completed);
  CHECK(peer.agent.may_send(peer.now));
  peer.pass(29s);
  CHECK(peer.agent.may_send(peer.now));
  peer.pass(1s);
  CHECK_FALSE(peer.agent.may_send(peer.now));
}

TEST_CASE("A signed 403 revokes consent at once, but an unsigned 403 does not [RFC 7675 section 5.2]") {
  ScriptedPeer peer;
  peer.describe();
  peer.signal();
  peer.receive(peer.check(true));
  peer.pass(10ms);
  peer.receive(peer.success_to(*peer.last_request()));
  REQUIRE(peer.agent.may_send(peer.now));
  peer.pass(6s);
  const auto consent = *peer.last_request();
  peer.receive(peer.error_to(consent, 403, false));
  CHECK(peer.agent.may_send(peer.now));
  peer.receive(peer.error_to(consent, 403));
  CHECK_FALSE(peer.agent.may_send(peer.now));
  CHECK(peer.event<IceConsentLost>());
}

TEST_CASE("The same description again changes nothing, and malformed credentials are refused [RFC 8839 section 5.4]") {
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

TEST_CASE("The agent nominates a direct pair, even if a relayed pair was valid first") {
  Pair agents;
  (void)agents.agent(0).add_local(relayed(at("192.0.2.20", 50000)));
  int lost = 0;
  agents.drops = [&](std::size_t, const rtp::IceTransmit& transmit) { return (transmit.base == kA || transmit.to == kA) && ++lost <= 2; };   // the first check of each side
  agents.connect(5s);
  CHECK(agents.agent(0).path(1, agents.now()) == rtp::IcePath{kA, kB});
}
