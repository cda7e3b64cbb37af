#include <offhook/rtp/source_policy.hpp>

#include <offhook/base/random.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace std::chrono_literals;
using SourceVerdict = rtp::SourcePolicy::Verdict;

namespace {

base::SocketAddress at(std::uint8_t host, std::uint16_t port) { return {base::IpAddress::v4({192, 0, 2, host}), port}; }

/// The SDP has the address of host 1. The signalling comes from host 2, a NAT in front of the peer. Host 66 is the attacker.
struct Policy {
  rtp::SourcePolicy policy{10s};
  base::TimePoint now = base::TimePoint{} + 100s;
  base::SocketAddress sdp = at(1, 4000), nat = at(2, 50000), attacker = at(66, 6666);
  rtp::ExpectedSource expected{.rtp = sdp, .rtcp = at(1, 4001), .signalling_host = nat.ip};

  Policy() { policy.expect(expected); }
  void use(rtp::SourceRule rule) {
    expected.rule = rule;
    policy.expect(expected);
  }
  SourceVerdict from(const base::SocketAddress& source, std::uint16_t sequence, std::uint32_t ssrc = 1) {
    now += 1ms;
    return policy.on_rtp(source, ssrc, sequence, now);
  }
  void lock_on(const base::SocketAddress& source, std::uint32_t ssrc = 1) {
    for (std::uint16_t i = 0; i < rtp::kProbationPackets; ++i) (void)from(source, i, ssrc);
    REQUIRE(policy.locked() == source);
  }
  /// Sends 100,000 packets of the attacker in sequence, with the locked SSRC and with another. Checks that the policy refuses
  /// each of them and keeps the destination.
  void attack() {
    const auto before = policy.rtp_destination();
    const auto locked_ssrc = policy.ssrc().value_or(1);
    for (int i = 0; i < 100'000; ++i) {
      const auto verdict = policy.on_rtp(attacker, i < 50'000 ? locked_ssrc : 666, static_cast<std::uint16_t>(i), now);
      REQUIRE(verdict == SourceVerdict::RefuseSource);
      REQUIRE(policy.rtp_destination() == before);
    }
    CHECK_FALSE(policy.on_rtcp({attacker.ip, 6667}, locked_ssrc));
  }
};

}  // namespace

TEST_CASE_FIXTURE(Policy, "The policy accepts the SDP's address at its first packet, and sends to it from the beginning") {
  CHECK(policy.rtp_destination() == sdp);
  CHECK(policy.rtcp_destination() == at(1, 4001));
  CHECK_FALSE(policy.locked());
  CHECK(from(sdp, 0) == SourceVerdict::Accept);
  CHECK(policy.locked() == sdp);
  CHECK(policy.is_final());
}

TEST_CASE_FIXTURE(Policy, "The policy learns another source at its fourth packet in sequence, not at its third") {
  for (std::uint16_t i = 0; i < rtp::kProbationPackets - 1; ++i)
    CHECK(from(nat, static_cast<std::uint16_t>(65534 + i)) == SourceVerdict::Probation);
  CHECK(policy.rtp_destination() == sdp);
  CHECK(from(nat, 1) == SourceVerdict::Accept);
  CHECK(policy.rtp_destination() == nat);
  CHECK(policy.statistics().locks == 1);
  CHECK_FALSE(policy.is_final());
}

TEST_CASE_FIXTURE(Policy, "The policy does not learn a source from packets out of sequence, of several SSRCs, or more than the allowed time apart") {
  for (const std::uint16_t sequence : std::initializer_list<std::uint16_t>{1, 3, 5, 7, 7, 7, 7, 7})
    CHECK(from(nat, sequence) == SourceVerdict::Probation);
  for (std::uint16_t i = 0; i < 20; ++i) CHECK(from(nat, static_cast<std::uint16_t>(10 + i), 100U + i) == SourceVerdict::Probation);
  for (std::uint16_t i = 0; i < 20; ++i) {
    now += 1s;
    CHECK(from(nat, static_cast<std::uint16_t>(100 + i), 900) == SourceVerdict::Probation);
  }
  CHECK(policy.rtp_destination() == sdp);
}

TEST_CASE_FIXTURE(Policy, "The policy learns a source only from the hosts of the SDP and of the signalling") {
  lock_on(at(1, 4999));  // The host in the SDP sends from another port than the port in the SDP.
  policy.relearn();
  lock_on(nat);
  policy.relearn();
  for (std::uint16_t i = 0; i < 100; ++i) CHECK(from(attacker, i) == SourceVerdict::RefuseSource);
  CHECK(policy.rtp_destination() == sdp);
}

TEST_CASE_FIXTURE(Policy, "SourceRule::SdpAddress learns no source, and SourceRule::AnyHost learns a source from any host") {
  use(rtp::SourceRule::SdpAddress);
  for (std::uint16_t i = 0; i < 100; ++i) {
    CHECK(from(at(1, 4999), i) == SourceVerdict::RefuseSource);
    CHECK(from(nat, i) == SourceVerdict::RefuseSource);
  }
  CHECK(from(sdp, 0) == SourceVerdict::Accept);
  CHECK_FALSE(policy.on_rtcp(at(1, 4999), 1));
  policy.relearn();
  use(rtp::SourceRule::AnyHost);
  lock_on(at(77, 7777));
}

TEST_CASE_FIXTURE(Policy, "The policy accepts packets from a proven source as it does from the SDP's address, but sends nothing to that source [RFC 8445 section 12.2]") {
  const auto other = at(3, 5000);
  expected.proven[1] = other;
  use(rtp::SourceRule::SdpAddress);
  CHECK(from(other, 0) == SourceVerdict::Accept);
  CHECK(from(sdp, 1) == SourceVerdict::Accept);
  CHECK(from(other, 2) == SourceVerdict::Accept);
  CHECK(policy.is_of_source(other, 1));
  CHECK(policy.on_rtcp(other, 1));
  CHECK(policy.rtp_destination() == sdp);
  CHECK(policy.rtcp_destination() == at(1, 4001));
  CHECK(policy.statistics().locks == 1);
  CHECK(from(other, 70, 2) == SourceVerdict::RefuseSsrc);   // Another SSRC must pass the probation there, too.
  CHECK(from(at(3, 5001), 3) == SourceVerdict::RefuseSource);
  CHECK(from({other.ip, 0}, 3) == SourceVerdict::RefuseSource);
  CHECK_FALSE(policy.on_rtcp(at(3, 5001), 1));
  policy.relearn();
  use(rtp::SourceRule::SdpAddress);
  expected.proven = {};
  policy.expect(expected);
  CHECK(from(other, 4) == SourceVerdict::RefuseSource);
}

TEST_CASE_FIXTURE(Policy, "Without an address in the SDP, the policy refuses a proven source, because this side may not send yet") {
  expected.rtp = expected.rtcp = {};
  expected.proven[0] = at(3, 5000);
  use(rtp::SourceRule::SdpAddress);
  CHECK(from(at(3, 5000), 0) == SourceVerdict::RefuseSource);
  CHECK_FALSE(policy.on_rtcp(at(3, 5000), 1));
  CHECK_FALSE(policy.rtp_destination());
}

TEST_CASE_FIXTURE(Policy, "The policy learns no source from an unspecified address in the SDP or in the signalling") {
  policy.expect({.rtp = {base::IpAddress{}, 4000}, .rtcp = {}, .signalling_host = {}});
  for (std::uint16_t i = 0; i < 100; ++i) CHECK(from({base::IpAddress{}, 9}, i) == SourceVerdict::RefuseSource);
  CHECK_FALSE(policy.rtp_destination());
}

TEST_CASE_FIXTURE(Policy, "The SDP's address takes priority at its first packet, both during and after another source's probation [CVE-2017-14099]") {
  (void)from(nat, 0);
  (void)from(nat, 1);
  CHECK(from(sdp, 0) == SourceVerdict::Accept);
  CHECK(from(nat, 2) == SourceVerdict::RefuseSource);
  CHECK(from(nat, 3) == SourceVerdict::RefuseSource);

  policy.relearn();
  lock_on(nat);
  CHECK(from(sdp, 1) == SourceVerdict::Accept);
  CHECK(policy.rtp_destination() == sdp);
  for (std::uint16_t i = 4; i < 100; ++i) CHECK(from(nat, i) == SourceVerdict::RefuseSource);
  CHECK(policy.rtp_destination() == sdp);
}

TEST_CASE_FIXTURE(Policy, "The SDP's address takes priority over a source that AnyHost has learnt [CVE-2025-53399]") {
  use(rtp::SourceRule::AnyHost);
  lock_on(attacker);
  CHECK(from(sdp, 0, 5) == SourceVerdict::Accept);
  CHECK(policy.rtp_destination() == sdp);
  CHECK(policy.ssrc() == 5u);
  now += 60s;
  for (std::uint16_t i = 0; i < 100; ++i) CHECK(from(attacker, i) == SourceVerdict::RefuseSource);
}

TEST_CASE_FIXTURE(Policy,
    "100,000 packets of a third party before, during and after learning are refused and do not change the destination [RTP Bleed, RTP Inject]") {
  attack();
  for (std::uint16_t i = 0; i < rtp::kProbationPackets; ++i) {
    const bool proven = i == rtp::kProbationPackets - 1;
    CHECK(from(nat, i) == (proven ? SourceVerdict::Accept : SourceVerdict::Probation));
    now -= 1ms;
    attack();
  }
  now += 30s;  // The peer was on hold for 30 s.
  attack();
  CHECK(from(nat, rtp::kProbationPackets) == SourceVerdict::Accept);
  CHECK(from(sdp, 0) == SourceVerdict::Accept);
  attack();
  now += 30s;
  attack();
  CHECK(from(sdp, 1) == SourceVerdict::Accept);
  CHECK(policy.statistics().refused_source == 800'000);
}

TEST_CASE_FIXTURE(Policy, "A flood from many sources during learning does not keep the SDP's address out") {
  use(rtp::SourceRule::AnyHost);
  base::SeededRandom random(5);
  for (int i = 0; i < 100'000; ++i) {
    REQUIRE(policy.on_rtp(at(static_cast<std::uint8_t>(random.below(200) + 50), static_cast<std::uint16_t>(random.next_u32())),
                          random.next_u32(), static_cast<std::uint16_t>(random.next_u32()), now) == SourceVerdict::Probation);
  }
  CHECK(policy.rtp_destination() == sdp);
  CHECK(from(sdp, 0) == SourceVerdict::Accept);
}

TEST_CASE("The policy keeps kMaxCandidates sources in probation. When one more source sends, it drops the source that was silent for longest") {
  rtp::SourcePolicy policy;
  policy.expect({.rtp = at(1, 4000), .rtcp = at(1, 4001), .signalling_host = {}});
  auto now = base::TimePoint{} + 1s;
  const auto source = [](std::size_t i) { return at(1, static_cast<std::uint16_t>(1000 + i)); };
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

TEST_CASE_FIXTURE(Policy, "The policy accepts another SSRC of the locked source at its second packet in sequence, not at its first [RFC 3550 appendix A.1]") {
  lock_on(nat);
  CHECK(from(nat, 4) == SourceVerdict::Accept);
  CHECK(from(nat, 70, 2) == SourceVerdict::RefuseSsrc);
  CHECK(from(nat, 5) == SourceVerdict::Accept);
  CHECK(from(nat, 72, 2) == SourceVerdict::RefuseSsrc);  // This is not the next sequence number.
  CHECK(from(nat, 6) == SourceVerdict::Accept);
  CHECK(from(nat, 73, 2) == SourceVerdict::Accept);
  CHECK(policy.ssrc() == 2u);
  CHECK(policy.statistics().ssrc_changes == 1);
}

TEST_CASE_FIXTURE(Policy,
    "After the BYE of the locked SSRC, the policy accepts another SSRC at its first packet, and the same SSRC at its second [RFC 3550 section 6.6]") {
  lock_on(nat);
  policy.on_bye(99);  // The BYE of another SSRC.
  CHECK(from(nat, 70, 2) == SourceVerdict::RefuseSsrc);
  policy.on_bye(1);
  CHECK(from(nat, 4) == SourceVerdict::RefuseSsrc);      // The sender sent this packet before the BYE.
  CHECK(from(nat, 80, 3) == SourceVerdict::Accept);
  CHECK(policy.ssrc() == 3u);
  CHECK(from(nat, 81, 3) == SourceVerdict::Accept);
  policy.on_bye(3);
  CHECK(from(nat, 82, 3) == SourceVerdict::RefuseSsrc);
  CHECK(from(nat, 83, 3) == SourceVerdict::Accept);      // The SSRC continues after its BYE.
  CHECK(from(nat, 84, 3) == SourceVerdict::Accept);
  CHECK(policy.statistics().ssrc_changes == 1);
  CHECK(policy.locked() == nat);
}

TEST_CASE_FIXTURE(Policy, "Another source may replace a learnt source that was silent for silence_limit. Until then the destination does not change") {
  lock_on(nat);
  const auto moved = at(2, 50001);
  now += 10s - 2ms;
  CHECK(from(moved, 0, 9) == SourceVerdict::RefuseSource);
  now += 2ms;
  for (std::uint16_t i = 1; i < rtp::kProbationPackets; ++i) {
    CHECK(from(moved, i, 9) == SourceVerdict::Probation);
    CHECK(policy.rtp_destination() == nat);
  }
  CHECK(from(moved, rtp::kProbationPackets, 9) == SourceVerdict::Accept);
  CHECK(policy.rtp_destination() == moved);
}

TEST_CASE_FIXTURE(Policy, "The SDP's address stays locked during any silence, and no other source is learnt before relearn()") {
  CHECK(from(sdp, 0) == SourceVerdict::Accept);
  now += 24h;
  for (std::uint16_t i = 0; i < 100; ++i) {
    CHECK(from(nat, i, 9) == SourceVerdict::RefuseSource);
    CHECK(from(at(1, 4999), i, 9) == SourceVerdict::RefuseSource);
  }
  CHECK(policy.rtp_destination() == sdp);
  CHECK(from(sdp, 1) == SourceVerdict::Accept);
  policy.relearn();
  lock_on(nat);
}

TEST_CASE_FIXTURE(Policy, "The policy accepts the learnt source again at once after a silence, such as a hold") {
  lock_on(nat);
  now += 60s;
  CHECK(from(at(2, 50001), 0, 9) == SourceVerdict::Probation);
  CHECK(from(nat, 5000) == SourceVerdict::Accept);
  CHECK(from(at(2, 50001), 1, 9) == SourceVerdict::RefuseSource);
}

TEST_CASE_FIXTURE(Policy, "relearn() sets the destination to the SDP's address, and the policy learns a source again [re-INVITE]") {
  lock_on(nat);
  policy.expect({.rtp = at(7, 7000), .rtcp = at(7, 7001), .signalling_host = nat.ip});
  policy.relearn();
  CHECK(policy.rtp_destination() == at(7, 7000));
  CHECK(from(nat, 100) == SourceVerdict::Probation);
  CHECK(from(at(7, 7000), 0, 5) == SourceVerdict::Accept);
}

TEST_CASE("Without a usable SDP address the policy has no destination until it learns a source") {
  rtp::SourcePolicy policy;
  policy.expect({.rtp = {base::IpAddress::v4({0, 0, 0, 0}), 4000}, .rtcp = at(1, 0), .signalling_host = at(2, 0).ip});
  CHECK_FALSE(policy.rtp_destination());
  CHECK_FALSE(policy.rtcp_destination());
  auto now = base::TimePoint{} + 1s;
  for (std::uint16_t i = 0; i < rtp::kProbationPackets; ++i) (void)policy.on_rtp(at(2, 0xFFFF), 1, i, now);
  CHECK(policy.rtp_destination() == at(2, 0xFFFF));
  CHECK_FALSE(policy.rtcp_destination());   // After port 65535 there is no port for RTCP.
}

TEST_CASE_FIXTURE(Policy, "The policy accepts RTCP from the SDP's address, and from the locked IP with the locked SSRC at its first RTCP port only") {
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
  CHECK(policy.on_rtcp(at(1, 4001), 77));
  CHECK(policy.rtcp_destination() == at(1, 4001));
  CHECK_FALSE(policy.on_rtcp(at(2, 50009), 5));
}
