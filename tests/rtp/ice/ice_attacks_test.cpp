// Attacks on one agent by third parties and by hostile peers.
#include <offhook/rtp/ice/ice_agent.hpp>
#include <offhook/rtp/ice/detail/transactions.hpp>
#include <offhook/rtp/ice/limits.hpp>
#include <offhook/rtp/nat/stun_writer.hpp>
#include <offhook/tests/rtp/ice/scripted_peer.hpp>
#include <offhook/tests/testkit/octets.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <vector>

using namespace offhook;
using namespace offhook_test;
using rtp::IceConnected;
using rtp::IceState;
using rtp::StunAttribute;
using rtp::StunClass;
using rtp::StunMessage;
using rtp::StunWriter;

namespace {

const auto kStranger = at("203.0.113.66", 6666);

/// Returns a request of an attacker who has seen our username fragment on the path, but does not know the password.
Octets forged_request(const std::string& username, std::uint32_t number) {
  Octets room(512);
  rtp::StunId id{};
  for (std::size_t i = 0; i < 4; ++i) id[i] = static_cast<std::uint8_t>(number >> (8 * i));
  StunWriter writer(room, rtp::StunMethod::Binding, StunClass::Request, id);
  writer.add(StunAttribute::Username, std::string_view(username));
  writer.add_number(StunAttribute::Priority, 1000);
  writer.add_long_number(StunAttribute::IceControlling, ~std::uint64_t{0});
  writer.add_flag(StunAttribute::UseCandidate);
  writer.sign(rtp::IceCredentials{"", "a wrong password"}.key());
  writer.add_fingerprint();
  room.resize(writer.finish().value());
  return room;
}

/// A connected, controlled agent.
struct Connected : ScriptedPeer {
  explicit Connected(bool ice2 = true) {
    describe(ice2);
    signal();
    receive(check(true));
    pass(10ms);
    receive(success_to(*last_request()));
    REQUIRE(agent.state() == IceState::Completed);
    while (agent.poll_event()) {}
  }
};

}  // namespace

TEST_CASE("100,000 unauthenticated requests cause no state, no check and no role change, and no answer is larger than its request") {
  ScriptedPeer peer({.controlling = true});
  peer.describe();
  std::size_t answers = 0;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    const auto from = at("203.0.113.66", 1 + i % 65535);
    const auto request = forged_request(i % 2 == 0 ? peer.agent.credentials().ufrag + ":RFRAG" : "other:RFRAG", i);
    peer.receive(request, from);
    while (const auto answer = peer.next()) {
      ++answers;
      if (answer->octets.size() > request.size() || answer->to != from) FAIL("the answer is larger than the request, or does not go to its source");
    }
  }
  CHECK(answers == 100'000);
  CHECK(peer.agent.counters().refused_credentials == 100'000);
  CHECK(peer.agent.counters().requests == 0);
  CHECK(peer.agent.is_controlling());
  CHECK_FALSE(peer.agent.has_heard(peer.base, at("203.0.113.66", 1)));
  peer.pass(1s);
  CHECK_FALSE(peer.last_request());
}

TEST_CASE("An answer counts only with the right transaction id, source, base and integrity [RFC 8445 section 7.2.5.2.1]") {
  ScriptedPeer peer;
  peer.describe();
  peer.signal();
  peer.pass(10ms);
  const auto request = *peer.last_request();
  const auto id = StunMessage::parse(request.octets)->id();
  for (unsigned i = 0; i < 10'000; ++i) {   // An attacker guesses transaction ids.
    auto guess = id;
    guess[11] = static_cast<std::uint8_t>(guess[11] + 1 + i % 255);
    guess[10] = static_cast<std::uint8_t>(i / 255);
    CHECK_FALSE(peer.receive(rtp::write_success(guess, request.base, peer.credentials)));
  }
  peer.receive(rtp::write_success(id, request.base, {"RFRAG", "a wrong password of 22 characters"}));
  peer.receive(write_success(id, request.base, peer.agent.credentials()));   // our own password, as in a reflected answer
  CHECK_FALSE(peer.event<IceConnected>());
  CHECK(peer.agent.counters().ignored_responses == 2);
  peer.receive(peer.success_to(request));
  CHECK(peer.event<IceConnected>());
}

TEST_CASE("A signed answer from another address fails the pair [RFC 8445 section 7.2.5.2.1]") {
  ScriptedPeer peer;
  peer.describe();
  peer.signal();
  peer.pass(10ms);
  const auto request = *peer.last_request();
  peer.receive(peer.success_to(request), kStranger);
  peer.receive(peer.success_to(request));
  CHECK_FALSE(peer.event<IceConnected>());
  CHECK_FALSE(peer.agent.may_send(peer.now));
}

TEST_CASE("An unsigned answer cannot fail a pair, end consent or change the role [RFC 8445 section 19.2]") {
  ScriptedPeer peer({.controlling = true});
  peer.describe();
  peer.signal();
  peer.pass(10ms);
  const auto request = *peer.last_request();
  for (const int code : {400, 401, 403, 420, 487, 500}) peer.receive(peer.error_to(request, code, false));
  CHECK(peer.agent.is_controlling());
  peer.receive(peer.success_to(request));
  CHECK(peer.event<IceConnected>());
}

TEST_CASE("The agent refuses its own check if it comes back, because the username fragments are in the opposite order") {
  ScriptedPeer peer;
  peer.describe();
  peer.signal();
  peer.pass(10ms);
  const auto request = *peer.last_request();
  peer.receive(request.octets);
  CHECK(peer.last_answer() == 401);
}

TEST_CASE("Forged checks, and replays of the peer's checks from another address, change neither the media path nor the proven sources") {
  for (const bool ice2 : {true, false}) {
    CAPTURE(ice2);
    Connected peer(ice2);
    const auto path = peer.agent.path(1, peer.now);
    const auto proven = peer.agent.proven_sources();
    peer.receive(forged_request(peer.agent.credentials().ufrag + ":RFRAG", 1), kStranger);
    CHECK(peer.last_answer() == 401);
    CHECK_FALSE(peer.agent.has_heard(peer.base, kStranger));
    for (int i = 0; i < 1000; ++i) peer.receive(peer.check(true, 0x7fffffff), kStranger);   // an attacker on the path replays the peer's check
    peer.pass(2s);
    CHECK(peer.agent.path(1, peer.now) == path);
    CHECK(peer.agent.proven_sources() == proven);
    CHECK(peer.agent.has_heard(peer.base, kStranger) == !ice2);   // A peer of RFC 5245 may still nominate another pair.
  }
}

TEST_CASE("Before a pair is selected, replays of the peer's nomination from another address make no path, and the peer's own nomination still counts") {
  ScriptedPeer peer;
  peer.describe();
  peer.signal();
  for (int i = 0; i < 1000; ++i) peer.receive(peer.check(true, 0x7fffffff), kStranger);
  peer.pass(2s);
  CHECK_FALSE(peer.agent.may_send(peer.now));
  CHECK(peer.agent.proven_sources() == rtp::ProvenSources{});
  (void)peer.last_request();
  peer.receive(peer.check(true));
  peer.pass(60ms);
  while (const auto one = peer.next()) {
    if (one->to == peer.peer && StunMessage::parse(one->octets)->kind() == StunClass::Request) peer.receive(peer.success_to(*one));
  }
  CHECK(peer.agent.path(1, peer.now) == rtp::IcePath{peer.base, peer.peer});
}

TEST_CASE("has_heard() is true only for the source of an authenticated message, so that no third party can begin DTLS") {
  ScriptedPeer peer;
  peer.describe();
  peer.signal();
  CHECK_FALSE(peer.agent.has_heard(peer.base, kStranger));
  CHECK_FALSE(peer.agent.has_heard(peer.base, peer.peer));   // The peer has only described this address.
  peer.receive(forged_request(peer.agent.credentials().ufrag + ":RFRAG", 1), kStranger);
  CHECK_FALSE(peer.agent.has_heard(peer.base, kStranger));
  peer.receive(peer.check());
  CHECK(peer.agent.has_heard(peer.base, peer.peer));
  CHECK_FALSE(peer.agent.has_heard(at("192.0.2.1", 5001), peer.peer));
}

TEST_CASE("Media may come from the last kMaxProvenSources addresses that have answered a check. A check from an address does not prove the address") {
  ScriptedPeer peer;
  peer.describe();
  const auto check_from = [&](std::uint16_t number, bool answers) {
    peer.receive(peer.check(), at("198.51.100.7", number));
    peer.pass(60ms);
    while (const auto one = peer.next()) {
      const bool is_asked = one->to.port == number && StunMessage::parse(one->octets)->kind() == StunClass::Request;
      if (is_asked && answers) peer.receive(peer.success_to(*one), one->to);
    }
  };
  const auto is_proven = [&](std::uint16_t number) {
    const auto list = peer.agent.proven_sources();
    return std::find(list.begin(), list.end(), at("198.51.100.7", number)) != list.end();
  };
  for (std::uint16_t i = 1; i <= rtp::kMaxProvenSources; ++i) {
    check_from(i, false);
    CHECK_FALSE(is_proven(i));
    check_from(i, true);
    check_from(i, true);   // takes no second place
    CHECK(is_proven(i));
  }
  check_from(rtp::kMaxProvenSources + 2, false);
  CHECK(is_proven(1));
  check_from(rtp::kMaxProvenSources + 1, true);
  CHECK(is_proven(rtp::kMaxProvenSources + 1));
  CHECK_FALSE(is_proven(1));
  CHECK(is_proven(2));
}

TEST_CASE("If a peer sends checks from 10,000 addresses, the agent checks only kMaxPeerReflexive of them, one every 50 ms") {
  ScriptedPeer peer;
  peer.describe();
  std::set<base::SocketAddress> asked;
  std::size_t sent = 0;
  for (unsigned i = 0; i < 10'000; ++i) {
    peer.receive(peer.check(), at("203.0.113.66", 1 + i));
    peer.pass(1ms);
    while (const auto one = peer.next()) {
      if (StunMessage::parse(one->octets)->kind() != StunClass::Request) continue;
      asked.insert(one->to);
      ++sent;
    }
  }
  CHECK(asked.size() == rtp::kMaxPeerReflexive);
  CHECK(sent <= 10'000 / 50 + rtp::kMaxPeerReflexive * 10);
  CHECK(peer.agent.is_consistent());
}

TEST_CASE("A peer that repeats a check 10,000 times gets 10,000 answers, but only one check every 50 ms") {
  ScriptedPeer peer;
  peer.describe();
  peer.signal();
  std::size_t checks = 0, answers = 0;
  for (unsigned i = 0; i < 10'000; ++i) {
    peer.receive(peer.check());
    peer.pass(1ms);
    while (const auto one = peer.next()) ++(StunMessage::parse(one->octets)->kind() == StunClass::Request ? checks : answers);
  }
  CHECK(answers == 10'000);
  CHECK(checks <= 10'000 / 50 + 1);
}

TEST_CASE("A description with many addresses of a victim causes at most kMaxRemoteCandidates checks of seven requests each") {
  ScriptedPeer peer;
  peer.describe();
  for (unsigned i = 0; i < 1000; ++i) peer.agent.add_remote(signalled(at("203.0.113.1", 1000 + i)), peer.now);
  CHECK(peer.agent.counters().ignored_candidates == 1000 - rtp::kMaxRemoteCandidates);
  peer.pass(200s);
  std::size_t sent = 0;
  while (peer.next()) ++sent;
  CHECK(sent >= rtp::kMaxRemoteCandidates);
  CHECK(sent <= rtp::kMaxRemoteCandidates * rtp::IceTransactions::kMaxRequests);
}

TEST_CASE("The agent ignores a request without a fingerprint or with a wrong fingerprint [RFC 8445 section 7.3]") {
  ScriptedPeer peer;
  peer.describe();
  auto octets = peer.check();
  octets.back() ^= 1;
  CHECK_FALSE(peer.receive(octets));
  octets.resize(octets.size() - 8);
  octets[3] = static_cast<std::uint8_t>(octets[3] - 8);
  peer.receive(octets);
  CHECK(peer.last_answer() == 0);
  CHECK(peer.agent.counters().ignored_datagrams == 2);
}

TEST_CASE("on_datagram() returns false for datagrams that are not Binding messages, or that came on an unknown base") {
  ScriptedPeer peer;
  peer.describe();
  CHECK_FALSE(peer.receive({}));
  CHECK_FALSE(peer.receive({0x80, 0, 0, 1}));
  Octets room(100);
  StunWriter writer(room, rtp::StunMethod::Allocate, StunClass::Request, {});
  writer.add_fingerprint();
  room.resize(writer.finish().value());
  CHECK_FALSE(peer.receive(room));
  CHECK_FALSE(peer.agent.on_datagram(at("192.0.2.1", 5002), peer.peer, peer.check(), peer.now));
  CHECK_FALSE(peer.receive(rtp::write_success(rtp::StunId{9}, peer.base, peer.credentials)));   // as from a STUN server
  CHECK(peer.receive(rtp::write_keepalive({})));
  CHECK(peer.last_answer() == 0);
}

TEST_CASE("The agent ignores candidates of the peer whose component is not one of its own, so that it never uses a wrong index") {
  ScriptedPeer peer;
  peer.describe();
  for (const unsigned component : {0U, 3U, 4U, 255U, 256U, 257U, 32767U, 65535U}) CHECK_FALSE(peer.agent.add_remote(signalled(peer.peer, static_cast<std::uint16_t>(component)), peer.now));
  peer.agent.add_remote(signalled(peer.peer, 2), peer.now);   // allowed, but this agent has one component
  peer.pass(1s);
  CHECK_FALSE(peer.last_request());
}

TEST_CASE("A peer that repeatedly claims the agent's role changes nothing except the role") {
  ScriptedPeer peer({.controlling = true});
  peer.describe();
  peer.signal();
  for (unsigned i = 0; i < 1000; ++i) {
    peer.claim = {peer.agent.is_controlling(), i % 2 == 0 ? ~std::uint64_t{0} : 0};
    peer.receive(peer.check(true));
    const int code = peer.last_answer();
    CHECK((code == 200 || code == 487));
    peer.pass(1ms);
  }
  CHECK(peer.agent.is_consistent());
}

TEST_CASE("Two agents with credentials of 256 characters connect [RFC 8839 section 5.4]") {
  ScriptedPeer peer({.controlling = true});
  peer.credentials = {std::string(256, 'u'), std::string(256, 'p')};
  peer.describe();
  peer.signal();
  for (int i = 0; i < 2; ++i) {
    peer.pass(60ms);
    peer.receive(peer.success_to(*peer.last_request()));
  }
  CHECK(peer.agent.state() == IceState::Completed);
}
