#include <offhook/rtp/ice/ice_agent.hpp>
#include <offhook/tests/rtp/ice/scripted_peer.hpp>
#include <offhook/tests/rtp/ice/two_agents.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook_test;
using rtp::IceConsentLost;
using rtp::IceState;

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
