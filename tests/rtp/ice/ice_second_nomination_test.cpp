// Nominations that overlap, from peers of RFC 5245.
#include <offhook/rtp/ice/ice_agent.hpp>
#include <offhook/tests/rtp/ice/scripted_peer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>
#include <vector>

using namespace offhook;
using namespace offhook_test;

TEST_CASE("If the peer nominates a second pair during the check of the first, the agent checks both and selects the pair with the higher priority [RFC 8445 section 8.1.1]") {
  for (const bool second_is_higher : {true, false}) {
    CAPTURE(second_is_higher);
    ScriptedPeer peer;
    peer.describe(false);
    const auto first = at("198.51.100.1", 6000), second = at("198.51.100.1", 6001);
    peer.receive(peer.check(true, second_is_higher ? 1000 : 2000), first);
    peer.receive(peer.check(true, second_is_higher ? 2000 : 1000), second);
    peer.pass(60ms);
    std::vector<rtp::IceTransmit> checks;
    while (auto one = peer.next()) {
      if (rtp::StunMessage::parse(one->octets)->kind() == rtp::StunClass::Request) checks.push_back(std::move(*one));
    }
    REQUIRE(checks.size() == 2);
    for (const auto& check : checks) {
      peer.receive(peer.success_to(check), check.to);
      CHECK(peer.agent.state() == rtp::IceState::Completed);
    }
    CHECK(peer.agent.path(1, peer.now)->to == (second_is_higher ? second : first));
    const auto proven = peer.agent.proven_sources();
    for (const auto& one : {first, second}) CHECK(std::find(proven.begin(), proven.end(), one) != proven.end());
    CHECK(peer.agent.is_consistent());
  }
}
