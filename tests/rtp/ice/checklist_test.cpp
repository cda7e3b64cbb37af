#include <offhook/rtp/ice/detail/checklist.hpp>
#include <offhook/tests/rtp/ice/ice_addresses.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace offhook;
using namespace offhook_test;
using rtp::IceChecklist;
using rtp::IcePair;
using rtp::IcePairId;
using State = IcePair::State;

namespace {

const auto kOurs = at("192.0.2.1", 5000);

rtp::IceCandidate remote(unsigned port, std::uint32_t priority, std::string_view foundation, std::uint16_t component = 1) {
  auto candidate = signalled(at("198.51.100.1", port), component, rtp::IceCandidateType::Host, foundation);
  candidate.priority = priority;
  return candidate;
}

/// Takes all checks, and returns their remote ports in the order of the checks.
std::vector<unsigned> ports_of_all_checks(IceChecklist& checklist) {
  std::vector<unsigned> ports;
  while (checklist.has_check()) ports.push_back(checklist.next_check()->remote.address.port);
  CHECK(checklist.next_check() == nullptr);
  return ports;
}

std::ptrdiff_t waiting(const IceChecklist& checklist) {
  return std::count_if(checklist.pairs().begin(), checklist.pairs().end(), [](const IcePair& pair) { return pair.state == State::Waiting; });
}

}  // namespace

TEST_CASE("The priority of a pair is the same on both sides [RFC 8445 section 6.1.2.3]") {
  CHECK(rtp::pair_priority(3, 2) == (2ULL << 32) + 6 + 1);
  CHECK(rtp::pair_priority(2, 3) == (2ULL << 32) + 6);
  CHECK(rtp::pair_priority(rtp::kMaxIcePriority, rtp::kMaxIcePriority) == (0x7fffffffULL << 32) + 0xfffffffeULL);
  const auto ours = local(kOurs);
  const auto theirs = remote(6000, 100, "1");
  IceChecklist controlling(100, true), controlled(100, false);
  auto mirrored_local = theirs, mirrored_remote = ours;
  mirrored_local.base = theirs.address;
  CHECK(controlling.add(ours, theirs)->priority == controlled.add(mirrored_local, mirrored_remote)->priority);
}

TEST_CASE("Both candidates of a pair have the same component and address family, and are both or neither link-local [RFC 8445 section 6.1.2.2]") {
  IceChecklist checklist(100, true);
  const auto pairs = [&](std::string_view ours, std::string_view theirs, std::uint16_t component = 1) {
    return checklist.add(local(at(ours, 5000)), signalled(at(theirs, 6000), component)) != nullptr;
  };
  CHECK(pairs("192.0.2.1", "198.51.100.1"));
  CHECK_FALSE(pairs("192.0.2.1", "198.51.100.1", 2));
  CHECK_FALSE(pairs("192.0.2.1", "2001:db8::1"));
  CHECK(pairs("2001:db8::2", "2001:db8::1"));
  CHECK_FALSE(pairs("2001:db8::2", "fe80::1"));
  CHECK_FALSE(pairs("fe80::2", "2001:db8::1"));
  CHECK(pairs("fe80::2", "fe80::1"));
  CHECK_FALSE(checklist.add(local(kOurs), signalled(kOurs)));   // the peer has the same private address
}

TEST_CASE("A peer cannot direct checks to a loopback address, but a loopback address pairs with each address of its machine") {
  IceChecklist checklist(100, true);
  const auto pairs = [&](std::string_view ours, std::string_view theirs) { return checklist.add(local(at(ours, 5000)), signalled(at(theirs, 6000))) != nullptr; };
  CHECK_FALSE(pairs("192.0.2.1", "127.0.0.1"));
  CHECK_FALSE(pairs("2001:db8::2", "::1"));
  CHECK(pairs("127.0.0.1", "127.0.0.1"));
  CHECK(pairs("127.0.0.1", "192.0.2.1"));   // Linphone 5.1 on the same machine checks from its own address on the network
}

TEST_CASE("A pair with the base and remote address of another one is redundant [RFC 8445 section 6.1.2.4]") {
  IceChecklist checklist(100, true);
  IcePair* const first = checklist.add(local(kOurs), remote(6000, 100, "1"));
  REQUIRE(first != nullptr);
  const IcePairId id = first->id;
  auto mapped = local(at("203.0.113.1", 7000));
  mapped.type = rtp::IceCandidateType::ServerReflexive;
  mapped.base = kOurs;
  CHECK(checklist.add(mapped, remote(6000, 100, "1"))->id == id);
  CHECK(checklist.pairs().size() == 1);
}

TEST_CASE("In each foundation, the pair with the highest priority is checked first [RFC 8445 section 6.1.2.6]") {
  IceChecklist checklist(100, true);
  checklist.add(local(kOurs), remote(6001, 100, "a"));
  checklist.add(local(kOurs), remote(6002, 300, "a"));   // becomes the first of its foundation in place of 6001
  checklist.add(local(kOurs), remote(6003, 200, "b"));
  checklist.add(local(kOurs), remote(6004, 150, "a"));
  CHECK(waiting(checklist) == 2);
  CHECK(checklist.unfinished() == 4);
  CHECK(ports_of_all_checks(checklist) == std::vector<unsigned>{6002, 6003, 6004, 6001});
}

TEST_CASE("The success of a pair unfreezes the other pairs of its foundation [RFC 8445 section 7.2.5.3.3]") {
  IceChecklist checklist(100, true);
  checklist.add(local(kOurs), remote(6001, 300, "a"));
  checklist.add(local(kOurs), remote(6002, 200, "a"));
  checklist.add(local(kOurs), remote(6003, 100, "b"));
  CHECK(checklist.next_check()->remote.address.port == 6001);
  CHECK(waiting(checklist) == 1);
  checklist.succeed(*checklist.find(kOurs, at("198.51.100.1", 6001)));
  CHECK(waiting(checklist) == 2);
  CHECK(checklist.unfinished() == 2);
  CHECK(ports_of_all_checks(checklist) == std::vector<unsigned>{6002, 6003});
}

TEST_CASE("A pair of component 2 waits for a pair of component 1 with the same foundation [RFC 8445 section 6.1.2.6]") {
  IceChecklist checklist(100, true);
  checklist.add(local(at("192.0.2.1", 5001), 2), remote(6001, 300, "a", 2));
  checklist.add(local(kOurs), remote(6000, 200, "a"));
  CHECK(ports_of_all_checks(checklist) == std::vector<unsigned>{6000, 6001});
}

TEST_CASE("When no pair is Waiting, a Frozen pair is checked, even if the first pair of its foundation has no result yet [RFC 8445 section 6.1.4.2]") {
  IceChecklist checklist(100, true);
  checklist.add(local(kOurs), remote(6001, 300, "a"));
  checklist.add(local(kOurs), remote(6002, 200, "a"));
  checklist.add(local(kOurs), remote(6003, 100, "b"));
  CHECK(ports_of_all_checks(checklist) == std::vector<unsigned>{6001, 6003, 6002});
}

TEST_CASE("A pair that is added later is checked at once if its foundation is new, or if a pair of its foundation has succeeded [RFC 8838 section 12]") {
  IceChecklist checklist(100, true);
  checklist.add(local(kOurs), remote(6001, 300, "a"));
  CHECK(ports_of_all_checks(checklist) == std::vector<unsigned>{6001});
  CHECK(checklist.add(local(kOurs), remote(6002, 200, "a"))->state == State::Frozen);
  CHECK(checklist.add(local(kOurs), remote(6003, 200, "b"))->state == State::Waiting);
  checklist.succeed(*checklist.find(kOurs, at("198.51.100.1", 6001)));
  CHECK(checklist.add(local(kOurs), remote(6004, 100, "a"))->state == State::Waiting);
}

TEST_CASE("Triggered checks run before ordinary checks, each once, in the order in which they were triggered [RFC 8445 section 6.1.4.1]") {
  IceChecklist checklist(100, true);
  checklist.add(local(kOurs), remote(6001, 300, "a"));
  checklist.add(local(kOurs), remote(6002, 200, "b"));
  checklist.add(local(kOurs), remote(6003, 100, "c"));
  const auto trigger = [&](unsigned port) { checklist.trigger(*checklist.find(kOurs, at("198.51.100.1", port))); };
  trigger(6003);
  trigger(6002);
  trigger(6003);
  CHECK(ports_of_all_checks(checklist) == std::vector<unsigned>{6003, 6002, 6001});
}

TEST_CASE("A pair that has succeeded leaves the queue of triggered checks, unless its next check will nominate it") {
  for (const bool nominating : {true, false}) {
    IceChecklist checklist(100, true);
    IcePair& pair = *checklist.add(local(kOurs), remote(6001, 300, "a"));
    pair.nominating = nominating;
    checklist.trigger(pair);
    checklist.succeed(pair);
    CHECK(checklist.has_check() == nominating);
    if (nominating) CHECK(checklist.next_check()->state == State::Succeeded);
  }
}

TEST_CASE("If the list has more than max_pairs pairs, it removes the pair with the lowest priority, but never one that the peer has checked [RFC 8445 section 6.1.2.5]") {
  IceChecklist checklist(3, true);
  checklist.add(local(kOurs), remote(6001, 100, "a"));
  checklist.add(local(kOurs), remote(6002, 200, "b"), true);
  checklist.add(local(kOurs), remote(6003, 300, "c"));
  CHECK(checklist.pairs().size() == 3);
  CHECK(checklist.add(local(kOurs), remote(6004, 50, "d")) == nullptr);
  CHECK(checklist.add(local(kOurs), remote(6005, 400, "e")) != nullptr);
  CHECK(checklist.find(kOurs, at("198.51.100.1", 6001)) == nullptr);
  CHECK(checklist.add(local(kOurs), remote(6006, 10, "f"), true) != nullptr);
  CHECK(checklist.find(kOurs, at("198.51.100.1", 6003)) == nullptr);
  CHECK(checklist.add(local(kOurs), remote(6007, 10, "g"), true) != nullptr);
  CHECK(checklist.find(kOurs, at("198.51.100.1", 6005)) == nullptr);
  CHECK(checklist.add(local(kOurs), remote(6008, 900, "h"), true) == nullptr);   // the peer has checked all three pairs
  CHECK(checklist.pairs().size() == 3);
}

TEST_CASE("The list holds 100 pairs, and the 101st pair removes the pair with the lowest priority [RFC 8445 section 6.1.2.5]") {
  IceChecklist checklist(100, true);
  for (unsigned i = 0; i < 100; ++i) CHECK(checklist.add(local(kOurs), remote(6000 + i, 1000 + i, "a")) != nullptr);
  CHECK(checklist.find(kOurs, at("198.51.100.1", 6000)) != nullptr);
  CHECK(checklist.add(local(kOurs), remote(7000, 5000, "a")) != nullptr);
  CHECK(checklist.find(kOurs, at("198.51.100.1", 6000)) == nullptr);
  CHECK(checklist.pairs().size() == 100);
}

TEST_CASE("A nomination removes the other pairs of its component from the list and from the queue of triggered checks [RFC 8445 section 8.1.2]") {
  IceChecklist checklist(100, true);
  checklist.add(local(kOurs), remote(6001, 300, "a"));
  checklist.add(local(kOurs), remote(6002, 200, "b"));
  checklist.add(local(at("192.0.2.1", 5001), 2), remote(6003, 100, "c", 2));
  checklist.trigger(*checklist.find(kOurs, at("198.51.100.1", 6002)));
  checklist.keep_only(*checklist.find(kOurs, at("198.51.100.1", 6001)));
  CHECK(checklist.pairs().size() == 2);
  CHECK(ports_of_all_checks(checklist) == std::vector<unsigned>{6001, 6003});
}

TEST_CASE("After a change of the role, the list has new priorities and no nominations [RFC 8445 section 7.2.5.1]") {
  IceChecklist checklist(100, true);
  IcePair* const pair = checklist.add(local(kOurs), remote(6001, 300, "a"));
  pair->nominating = pair->nominated_by_peer = true;
  const auto before = pair->priority;
  checklist.set_controlling(false);
  CHECK(checklist.pairs().front().priority == before - 1);   // our candidate has the higher priority, but this side is no longer controlling
  CHECK_FALSE(checklist.pairs().front().nominating);
  CHECK_FALSE(checklist.pairs().front().nominated_by_peer);
}

TEST_CASE("When the peer describes a peer-reflexive candidate, its pair gets the new priority and place") {
  IceChecklist checklist(100, true);
  checklist.add(local(kOurs), remote(6001, 300, "*0"));
  checklist.add(local(kOurs), remote(6002, 200, "b"));
  checklist.update(remote(6001, 100, "a"));
  CHECK(checklist.pairs().front().remote.address.port == 6002);
  CHECK(checklist.pairs().back().remote.foundation == "a");
}

TEST_CASE("remove_base() removes the pairs of the base") {
  IceChecklist checklist(100, true);
  checklist.add(local(kOurs), remote(6001, 300, "a"));
  checklist.add(local(at("192.0.2.2", 5000)), remote(6001, 300, "a"));
  checklist.trigger(*checklist.find(kOurs, at("198.51.100.1", 6001)));
  checklist.remove_base(kOurs);
  CHECK(checklist.pairs().size() == 1);
  CHECK(ports_of_all_checks(checklist).size() <= 1);
}
