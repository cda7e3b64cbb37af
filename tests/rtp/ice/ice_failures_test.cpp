#include <offhook/rtp/ice/ice_agent.hpp>
#include <offhook/tests/rtp/ice/scripted_peer.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

using namespace offhook;
using namespace offhook_test;
using rtp::IceFailed;
using rtp::IceFailure;
using rtp::IceState;

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
