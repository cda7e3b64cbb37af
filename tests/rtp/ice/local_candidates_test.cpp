#include <offhook/rtp/ice/detail/local_candidates.hpp>
#include <offhook/tests/rtp/ice/ice_addresses.hpp>

#include <doctest/doctest.h>

#include <set>

using namespace offhook;
using namespace offhook_test;
using rtp::IceCandidateType;
using rtp::IceGatherError;
using rtp::IceLocalCandidates;

TEST_CASE("The priority of a candidate follows from its type, local preference and component [RFC 8445 section 5.1.2.1]") {
  CHECK(rtp::ice_priority(IceCandidateType::Host, 65535, 1) == 2130706431);
  CHECK(rtp::ice_priority(IceCandidateType::PeerReflexive, 65535, 1) == 1862270975);
  CHECK(rtp::ice_priority(IceCandidateType::ServerReflexive, 65535, 1) == 1694498815);
  CHECK(rtp::ice_priority(IceCandidateType::Relayed, 65535, 2) == 16777214);
  CHECK(rtp::check_priority(rtp::ice_priority(IceCandidateType::Relayed, 65000, 2)) == rtp::ice_priority(IceCandidateType::PeerReflexive, 65000, 2));
}

TEST_CASE("Local candidates of one address have the local preference 65535 [RFC 8445 section 5.1.2.1]") {
  IceLocalCandidates candidates;
  CHECK(candidates.add(host(at("192.0.2.1", 5000)))->priority == rtp::ice_priority(IceCandidateType::Host, 65535, 1));
  CHECK(candidates.add(host(at("192.0.2.1", 5001), 2))->priority == rtp::ice_priority(IceCandidateType::Host, 65535, 2));
  CHECK(candidates.add(reflexive(at("192.0.2.1", 5000), at("198.51.100.1", 6000)))->priority == rtp::ice_priority(IceCandidateType::ServerReflexive, 65535, 1));
  CHECK(candidates.add(relayed(at("192.0.2.20", 50000)))->priority == rtp::ice_priority(IceCandidateType::Relayed, 65535, 1));
}

TEST_CASE("The local preferences of both address families alternate, and are unique for each type and component [RFC 8421 section 4]") {
  IceLocalCandidates candidates;
  std::set<std::uint32_t> priorities;
  const auto added = [&](std::string_view ip) {
    const auto candidate = candidates.add(host(at(ip, 5000)));
    priorities.insert(candidate->priority);
    return candidate->priority >> 8 & 0xffff;
  };
  CHECK(added("2001:db8::1") == 65535);
  CHECK(added("2001:db8::2") == 65533);
  CHECK(added("192.0.2.1") == 65534);
  CHECK(added("192.0.2.2") == 65532);
  CHECK(added("2001:db8::3") == 65531);
  CHECK(priorities.size() == 5);
}

TEST_CASE("Candidates have the same foundation if type, address of the base and server are equal [RFC 8445 section 5.1.1.3]") {
  IceLocalCandidates candidates;
  const auto foundation = [&](const rtp::IceGathered& gathered) { return candidates.add(gathered)->foundation; };
  const auto first = foundation(host(at("192.0.2.1", 5000)));
  CHECK(foundation(host(at("192.0.2.1", 5001), 2)) == first);
  CHECK(foundation(host(at("192.0.2.2", 5000))) != first);
  const auto mapped = foundation(reflexive(at("192.0.2.1", 5000), at("198.51.100.1", 6000)));
  CHECK(mapped != first);
  CHECK(foundation(reflexive(at("192.0.2.1", 5001), at("198.51.100.1", 6001))) == mapped);
  CHECK(foundation(reflexive(at("192.0.2.2", 5000), at("198.51.100.1", 6002))) != mapped);
  CHECK(foundation(reflexive(at("192.0.2.1", 5000), at("198.51.100.1", 6003), "192.0.2.11")) != mapped);
}

TEST_CASE("A candidate with the address and base of another one is redundant [RFC 8445 section 5.1.3]") {
  IceLocalCandidates candidates;
  REQUIRE(candidates.add(host(at("192.0.2.1", 5000))));
  CHECK(candidates.add(reflexive(at("192.0.2.1", 5000), at("192.0.2.1", 5000))) == base::fail(IceGatherError::Redundant));   // there is no NAT
  CHECK(candidates.add(relayed(at("192.0.2.1", 5000))) == base::fail(IceGatherError::Redundant));
  CHECK(candidates.add(reflexive(at("192.0.2.1", 5000), at("198.51.100.1", 6000))));
  CHECK(candidates.all().size() == 2);
}

TEST_CASE("Local candidates refuse addresses that cannot be used, and components other than 1 and 2") {
  IceLocalCandidates candidates;
  for (const auto& bad : {at("0.0.0.0", 5000), at("::", 5000), at("192.0.2.1", 0), at("224.0.0.1", 5000), at("255.255.255.255", 5000), at("ff02::1", 5000)}) {
    CAPTURE(bad.to_string());
    CHECK(candidates.add(host(bad)) == base::fail(IceGatherError::BadAddress));
  }
  auto elsewhere = host(at("192.0.2.1", 5000));
  elsewhere.base = at("192.0.2.1", 5002);
  CHECK(candidates.add(elsewhere) == base::fail(IceGatherError::BadAddress));
  auto learnt = host(at("192.0.2.1", 5000));
  learnt.type = IceCandidateType::PeerReflexive;
  CHECK(candidates.add(learnt) == base::fail(IceGatherError::BadAddress));
  for (const unsigned component : {0U, 3U, 256U, 65535U}) {
    CAPTURE(component);
    CHECK(candidates.add(host(at("192.0.2.1", 5000), static_cast<std::uint16_t>(component))) == base::fail(IceGatherError::BadComponent));
  }
  CHECK(candidates.all().empty());
}

TEST_CASE("An agent accepts kMaxLocalCandidates local candidates, and refuses a further candidate") {
  IceLocalCandidates candidates;
  for (unsigned i = 0; i < rtp::kMaxLocalCandidates; ++i) CHECK(candidates.add(host(at("192.0.2.1", 5000 + i))));
  CHECK(candidates.add(host(at("192.0.2.1", 6000))) == base::fail(IceGatherError::TooMany));
}

TEST_CASE("of_base() returns the best candidate of a base, until the base is removed") {
  IceLocalCandidates candidates;
  const auto base = at("192.0.2.1", 5000);
  REQUIRE(candidates.add(reflexive(base, at("198.51.100.1", 6000))));
  CHECK(candidates.of_base(base)->type == IceCandidateType::ServerReflexive);   // an agent that hides its host candidates has only this one
  REQUIRE(candidates.add(host(base)));
  CHECK(candidates.of_base(base)->type == IceCandidateType::Host);
  CHECK(candidates.find(1, at("198.51.100.1", 6000))->type == IceCandidateType::ServerReflexive);
  CHECK(candidates.find(2, at("198.51.100.1", 6000)) == nullptr);
  candidates.remove_base(base);
  CHECK(candidates.of_base(base) == nullptr);
  CHECK(candidates.all().empty());
}
