#include <offhook/rtp/ice/detail/remote_candidates.hpp>
#include <offhook/tests/rtp/ice/ice_addresses.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace offhook;
using namespace offhook_test;
using rtp::IceRemoteCandidates;
using Added = IceRemoteCandidates::Added;

TEST_CASE("The agent accepts kMaxRemoteCandidates candidates of the peer, and ignores further candidates") {
  IceRemoteCandidates candidates;
  for (unsigned i = 0; i < rtp::kMaxRemoteCandidates; ++i) CHECK(candidates.add(signalled(at("192.0.2.1", 5000 + i))) == Added::New);
  CHECK(candidates.add(signalled(at("192.0.2.1", 6000))) == Added::Refused);
  CHECK(candidates.add(signalled(at("192.0.2.1", 5000))) == Added::Known);
  CHECK(candidates.all().size() == rtp::kMaxRemoteCandidates);
}

TEST_CASE("The agent learns kMaxPeerReflexive addresses from checks, however many candidates the peer describes [RFC 8445 section 7.3.1.3]") {
  IceRemoteCandidates candidates;
  std::set<std::string> foundations;
  for (unsigned i = 0; i < rtp::kMaxPeerReflexive; ++i) {
    const auto* const learnt = candidates.learn(1, at("192.0.2.1", 5000 + i), 77);
    REQUIRE(learnt != nullptr);
    CHECK(learnt->type == rtp::IceCandidateType::PeerReflexive);
    CHECK(learnt->priority == 77);
    foundations.insert(learnt->foundation);
  }
  CHECK(foundations.size() == rtp::kMaxPeerReflexive);
  CHECK(candidates.learn(1, at("192.0.2.1", 6000), 77) == nullptr);
  CHECK(candidates.learn(1, at("192.0.2.1", 5000), 78)->priority == 77);
  CHECK(candidates.add(signalled(at("192.0.2.1", 7000))) == Added::New);
}

TEST_CASE("A described candidate replaces the peer-reflexive candidate that a check made [RFC 8445 section 7.3.1.3]") {
  IceRemoteCandidates candidates;
  REQUIRE(candidates.learn(1, at("192.0.2.1", 5000), 77) != nullptr);
  CHECK(candidates.learn(2, at("192.0.2.1", 5000), 77) != candidates.learn(1, at("192.0.2.1", 5000), 77));
  const auto described = signalled(at("192.0.2.1", 5000), 1, rtp::IceCandidateType::ServerReflexive, "abc");
  CHECK(candidates.add(described) == Added::Signalled);
  CHECK(*candidates.learn(1, at("192.0.2.1", 5000), 78) == described);
  CHECK(candidates.add(described) == Added::Known);
}

TEST_CASE("The agent ignores candidates of the peer with a component other than 1 and 2, a priority out of range, or an unusable address") {
  IceRemoteCandidates candidates;
  for (const unsigned component : {0U, 3U, 255U, 256U, 257U, 65535U}) CHECK(candidates.add(signalled(at("192.0.2.1", 5000), static_cast<std::uint16_t>(component))) == Added::Refused);
  for (const std::uint32_t priority : {0U, rtp::kMaxIcePriority + 1, 0xffffffffU}) {
    auto candidate = signalled(at("192.0.2.1", 5000));
    candidate.priority = priority;
    CHECK(candidates.add(candidate) == Added::Refused);
  }
  for (const auto& bad : {at("0.0.0.0", 9), at("192.0.2.1", 0), at("239.1.1.1", 5000), at("255.255.255.255", 5000), at("ff0e::1", 5000)}) CHECK(candidates.add(signalled(bad)) == Added::Refused);
  CHECK(candidates.learn(1, at("192.0.2.1", 0), 77) == nullptr);
  CHECK(candidates.all().empty());
}
