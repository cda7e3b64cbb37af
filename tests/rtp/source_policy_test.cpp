#include <offhook/rtp/source_policy.hpp>

#include <offhook/base/random.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace std::chrono_literals;
using SourceVerdict = rtp::SourcePolicy::Verdict;

namespace {

base::SocketAddress at(std::uint8_t host, std::uint16_t port) { return {base::IpAddress::v4({192, 0, 2, host}), port}; }

struct Policy {
  rtp::SourcePolicy policy{10s};
  base::TimePoint now = base::TimePoint{} + 100s;
  base::SocketAddress sdp = at(1, 4000), nat = at(2, 50000), attacker = at(66, 6666);

  Policy() { policy.expect(sdp, at(1, 4001)); }
  SourceVerdict from(const base::SocketAddress& source, std::uint16_t sequence, std::uint32_t ssrc = 1) {
    now += 1ms;
    return policy.on_rtp(source, ssrc, sequence, now);
  }
  void lock_on(const base::SocketAddress& source, std::uint32_t ssrc = 1) {
    for (std::uint16_t i = 0; i < rtp::kProbationPackets; ++i) (void)from(source, i, ssrc);
    REQUIRE(policy.locked() == source);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Policy, "The SDP's address is believed at its first packet, and ours goes there from the beginning") {
  CHECK(policy.rtp_destination() == sdp);
  CHECK(policy.rtcp_destination() == at(1, 4001));
  CHECK_FALSE(policy.locked());
  CHECK(from(sdp, 0) == SourceVerdict::Accept);
  CHECK(policy.locked() == sdp);
}

TEST_CASE_FIXTURE(Policy, "Another source is learnt at its fourth packet in sequence, not at its third") {
  for (std::uint16_t i = 0; i < rtp::kProbationPackets - 1; ++i)
    CHECK(from(nat, static_cast<std::uint16_t>(65534 + i)) == SourceVerdict::Probation);
  CHECK(policy.rtp_destination() == sdp);
  CHECK(from(nat, 1) == SourceVerdict::Accept);
  CHECK(policy.rtp_destination() == nat);
  CHECK(policy.statistics().locks == 1);
}

TEST_CASE_FIXTURE(Policy, "Four packets out of sequence, of several SSRCs, or spread over too long prove nothing") {
  for (const std::uint16_t sequence : std::initializer_list<std::uint16_t>{1, 3, 5, 7, 7, 7, 7, 7})
    CHECK(from(nat, sequence) == SourceVerdict::Probation);
  for (std::uint32_t ssrc = 0; ssrc < 20; ++ssrc) CHECK(from(nat, 10, 100 + ssrc) == SourceVerdict::Probation);
  for (std::uint16_t i = 0; i < 20; ++i) {
    now += 1s;
    CHECK(from(nat, static_cast<std::uint16_t>(100 + i), 900) == SourceVerdict::Probation);
  }
  CHECK(policy.rtp_destination() == sdp);
}

TEST_CASE_FIXTURE(Policy, "The SDP's address wins during another one's probation, and not any more after it") {
  (void)from(nat, 0);
  (void)from(nat, 1);
  CHECK(from(sdp, 0) == SourceVerdict::Accept);
  CHECK(from(nat, 2) == SourceVerdict::RefuseSource);
  CHECK(from(nat, 3) == SourceVerdict::RefuseSource);

  policy.relearn();
  lock_on(nat);
  CHECK(from(sdp, 1) == SourceVerdict::RefuseSource);
  CHECK(policy.rtp_destination() == nat);
}

TEST_CASE_FIXTURE(
    Policy, "100,000 packets of a third party during a locked call move nothing and are never played [RTP Bleed, RTP Inject]") {
  lock_on(nat);
  std::uint16_t sequence = rtp::kProbationPackets;
  for (int i = 0; i < 100'000; ++i) {
    REQUIRE(policy.on_rtp(attacker, i % 2 == 0 ? 1 : 666, static_cast<std::uint16_t>(i), now) == SourceVerdict::RefuseSource);
    if (i % 100 == 0) REQUIRE(from(nat, sequence++) == SourceVerdict::Accept);
  }
  CHECK(policy.rtp_destination() == nat);
  CHECK(policy.statistics().refused_source == 100'000);
}

TEST_CASE_FIXTURE(Policy, "A flood from many sources during learning does not keep the true one out") {
  base::SeededRandom random(5);
  for (int i = 0; i < 100'000; ++i) {
    REQUIRE(policy.on_rtp(at(static_cast<std::uint8_t>(random.below(200) + 50), static_cast<std::uint16_t>(random.next_u32())),
                          random.next_u32(), static_cast<std::uint16_t>(random.next_u32()), now) == SourceVerdict::Probation);
  }
  CHECK(policy.rtp_destination() == sdp);
  CHECK(from(sdp, 0) == SourceVerdict::Accept);
}

TEST_CASE("kMaxCandidates sources are in probation side by side; one more displaces the one silent for longest") {
  rtp::SourcePolicy policy;
  auto now = base::TimePoint{} + 1s;
  const auto source = [](std::size_t i) { return at(static_cast<std::uint8_t>(i), 1000); };
  const auto round = [&](std::size_t sources) {
    policy.relearn();
    for (std::uint16_t sequence = 0; sequence < 3; ++sequence) {
      for (std::size_t i = 0; i < sources; ++i) (void)policy.on_rtp(source(i), 1, sequence, now += 1ms);
    }
    return policy.on_rtp(source(0), 1, 3, now += 1ms);
  };
  CHECK(round(rtp::kMaxCandidates) == SourceVerdict::Accept);
  CHECK(round(rtp::kMaxCandidates + 1) == SourceVerdict::Probation);
}

TEST_CASE_FIXTURE(Policy, "A new SSRC of the locked source has its own probation, while the old one goes on") {
  lock_on(nat);
  CHECK(from(nat, 4) == SourceVerdict::Accept);
  for (std::uint16_t i = 0; i < rtp::kProbationPackets - 1; ++i) {
    CHECK(from(nat, static_cast<std::uint16_t>(70 + i), 2) == SourceVerdict::RefuseSsrc);
    CHECK(from(nat, static_cast<std::uint16_t>(5 + i)) == SourceVerdict::Accept);
  }
  CHECK(from(nat, 73, 2) == SourceVerdict::Accept);
  CHECK(policy.ssrc() == 2u);
  CHECK(policy.statistics().ssrc_changes == 1);
}

TEST_CASE_FIXTURE(Policy, "After the silence limit another source may be learnt; ours stays with the old one until then") {
  lock_on(nat);
  now += 10s - 2ms;
  CHECK(from(attacker, 0, 9) == SourceVerdict::RefuseSource);
  now += 2ms;
  for (std::uint16_t i = 1; i < rtp::kProbationPackets; ++i) {
    CHECK(from(at(3, 3000), i, 9) == SourceVerdict::Probation);
    CHECK(policy.rtp_destination() == nat);
  }
  CHECK(from(at(3, 3000), rtp::kProbationPackets, 9) == SourceVerdict::Accept);
  CHECK(policy.rtp_destination() == at(3, 3000));
}

TEST_CASE_FIXTURE(Policy, "The old source is believed again at once after its silence (a hold)") {
  lock_on(nat);
  now += 60s;
  CHECK(from(attacker, 0, 9) == SourceVerdict::Probation);
  CHECK(from(nat, 5000) == SourceVerdict::Accept);
  CHECK(from(attacker, 1, 9) == SourceVerdict::RefuseSource);
}

TEST_CASE_FIXTURE(Policy, "relearn() sends ours to the SDP's address and learns anew [re-INVITE]") {
  lock_on(nat);
  policy.expect(at(7, 7000), at(7, 7001));
  policy.relearn();
  CHECK(policy.rtp_destination() == at(7, 7000));
  CHECK(from(nat, 100) == SourceVerdict::Probation);
  CHECK(from(at(7, 7000), 0, 5) == SourceVerdict::Accept);
}

TEST_CASE("Without a usable SDP address nothing is sent until a source is learnt") {
  rtp::SourcePolicy policy;
  policy.expect({base::IpAddress::v4({0, 0, 0, 0}), 4000}, at(1, 0));
  CHECK_FALSE(policy.rtp_destination());
  CHECK_FALSE(policy.rtcp_destination());
  auto now = base::TimePoint{} + 1s;
  for (std::uint16_t i = 0; i < rtp::kProbationPackets; ++i) (void)policy.on_rtp(at(2, 0xFFFF), 1, i, now);
  CHECK(policy.rtp_destination() == at(2, 0xFFFF));
  CHECK_FALSE(policy.rtcp_destination());   // Port 65535 has no next one.
}

TEST_CASE_FIXTURE(
    Policy, "RTCP is believed from the SDP's address, else from the locked ip with the locked SSRC, then from that port only") {
  CHECK(policy.on_rtcp(at(1, 4001), 77));
  CHECK_FALSE(policy.on_rtcp(attacker, 1));
  lock_on(nat, 5);
  CHECK(policy.rtcp_destination() == at(2, 50001));
  CHECK_FALSE(policy.on_rtcp(at(2, 50009), 6));
  CHECK(policy.on_rtcp(at(2, 50009), 5));
  CHECK(policy.rtcp_destination() == at(2, 50009));
  CHECK_FALSE(policy.on_rtcp(at(2, 50010), 5));
  CHECK_FALSE(policy.on_rtcp(attacker, 5));
  CHECK(policy.statistics().rtcp_refused == 4);
}
