// Restarts of ICE: RFC 8445 section 9.
#include <offhook/rtp/ice/ice_agent.hpp>
#include <offhook/tests/rtp/ice/scripted_peer.hpp>
#include <offhook/tests/rtp/ice/two_agents.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook_test;
using rtp::IceFailure;
using rtp::IceState;
using rtp::StunAttribute;
using rtp::StunMessage;

TEST_CASE("A restart has new credentials, and media and consent continue on the old pair until a new pair is selected [RFC 8445 section 9]") {
  Pair agents;
  agents.connect(1s);
  const auto before = agents.agent(0).credentials();
  const auto other = at("203.0.113.9", 5000);
  const auto added = agents.agent(0).add_local(host(other));
  CHECK(added);
  agents.agent(0).restart();
  CHECK(agents.agent(0).credentials().ufrag != before.ufrag);
  CHECK(agents.agent(0).credentials().password != before.password);
  CHECK(agents.agent(0).state() == IceState::Running);
  agents.run(60s);   // The peer has not got the new description yet.
  CHECK(agents.agent(0).path(1, agents.now()) == rtp::IcePath{kA, kB});
  CHECK(agents.agent(1).path(1, agents.now()) == rtp::IcePath{kB, kA});
  agents.drops = [&](std::size_t, const rtp::IceTransmit& transmit) { return transmit.base == kA || transmit.to == kA; };
  const auto theirs = agents.agent(1).credentials();
  agents.describe(0);
  CHECK(agents.agent(1).credentials().ufrag != theirs.ufrag);   // The peer restarts too.
  CHECK(agents.agent(1).may_send(agents.now()));
  agents.describe(1);
  agents.run(5s);
  CHECK(agents.is_connected());
  CHECK(agents.agent(0).path(1, agents.now()) == rtp::IcePath{other, kB});
  CHECK(agents.agent(0).is_controlling());
}

TEST_CASE("After cancel_restart() the former ICE session continues with its credentials") {
  Pair agents;
  CHECK_FALSE(agents.agent(0).cancel_restart());
  agents.connect(1s);
  const auto before = agents.agent(0).credentials();
  agents.agent(0).restart();
  CHECK(agents.agent(0).cancel_restart());
  CHECK(agents.agent(0).credentials() == before);
  agents.run(60s);
  CHECK(agents.is_connected());
}

TEST_CASE("A restart that finds no path ends media [RFC 8445 section 12.1]") {
  Pair agents;
  agents.connect(1s);
  agents.agent(0).restart();
  agents.describe(0);
  agents.describe(1);
  agents.drops = [&](std::size_t, const rtp::IceTransmit&) { return true; };
  agents.run(20s);
  CHECK(agents.agent(0).may_send(agents.now()));
  agents.run(60s);
  CHECK(agents.a().failure() == IceFailure::ChecksTimedOut);
  CHECK_FALSE(agents.agent(0).may_send(agents.now()));
}

TEST_CASE("If the peer restarts after it has lost its network, the end of the former consent does not end the new search [RFC 8445 section 9]") {
  for (const bool answers : {true, false}) {
    CAPTURE(answers);
    Pair agents;
    agents.connect(1s);
    agents.drops = [](std::size_t, const rtp::IceTransmit&) { return true; };
    agents.run(20s);
    agents.agent(1).restart();
    if (answers) {
      agents.describe(1);
      agents.describe(0);
    } else {
      agents.agent(0).restart();
    }
    agents.run(15s);
    CHECK(agents.a().count<rtp::IceConsentLost>() == (answers ? 0 : 1));
    agents.drops = nullptr;
    agents.run(20s);
    CHECK(agents.is_connected() == answers);
  }
}

TEST_CASE("After ICE has failed, a repeated offer or answer of the peer begins the checks again, and this side keeps its credentials") {
  for (const bool is_answer : {true, false}) {
    CAPTURE(is_answer);
    ScriptedPeer peer;
    const rtp::IcePeer described{.credentials = peer.credentials, .ice2 = true};
    const auto describe = [&] { return is_answer ? peer.agent.set_answerer(described, peer.now) : peer.agent.set_peer(described, peer.now); };
    CHECK(describe());
    peer.signal();
    peer.pass(40s);
    REQUIRE(peer.agent.state() == IceState::Failed);
    (void)peer.last_request();
    const auto ours = peer.agent.credentials();
    CHECK(describe());
    peer.signal();
    CHECK(peer.agent.credentials() == ours);
    peer.pass(10ms);
    peer.receive(peer.success_to(*peer.last_request()));
    CHECK(peer.agent.may_send(peer.now));
  }
}

TEST_CASE("When the base of the path is removed, the path ends. After a restart the agent finds a path from another base [RFC 8445 section 5.1.1.4]") {
  Pair agents;
  agents.connect(1s);
  agents.agent(0).remove_base(kA, agents.now());
  CHECK_FALSE(agents.agent(0).may_send(agents.now()));
  CHECK(agents.agent(0).local_candidates().empty());
  agents.run(60s);
  const auto other = at("203.0.113.9", 5000);
  (void)agents.agent(0).add_local(host(other));
  agents.agent(0).restart();
  agents.connect(1s);
  CHECK(agents.is_connected());
}

TEST_CASE("Each session has its own role: a conflict with a new peer does not change the role towards the former peer [RFC 8445 section 7.3.1.1]") {
  ScriptedPeer former;   // This peer is controlling, with the largest tie-breaker.
  former.claim = {true, ~std::uint64_t{0}};
  former.describe();
  former.signal();
  former.receive(former.check(true));
  former.pass(10ms);
  former.receive(former.success_to(*former.last_request()));
  REQUIRE(former.agent.state() == IceState::Completed);
  const auto ours = former.agent.credentials();
  former.agent.restart();

  // The new peer claims the controlled role, so this side is controlling.
  const rtp::IceCredentials theirs{"OFRAG", "OPASSOPASSOPASSOPASSOPASS"};
  const auto from = at("198.51.100.2", 7000);
  REQUIRE(former.agent.set_answerer({.credentials = theirs, .ice2 = true}, former.now));
  former.receive(write_check({{200}, 1000, {false, 0}, false}, theirs, former.agent.credentials()), from);
  CHECK(former.agent.is_controlling());
  (void)former.last_request();

  // The former peer and the agent request consent from each other.
  former.receive(write_check({{201}, 1000, former.claim, false}, former.credentials, ours));
  CHECK(former.last_answer() == 200);
  CHECK(former.agent.is_controlling());
  former.pass(6s);
  std::size_t asked = 0;
  while (const auto one = former.next()) {
    const auto message = StunMessage::parse(one->octets);
    if (one->to != former.peer || message->kind() != rtp::StunClass::Request) continue;
    CHECK(message->has(StunAttribute::IceControlled));
    ++asked;
  }
  CHECK(asked > 0);
}
