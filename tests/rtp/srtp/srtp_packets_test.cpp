#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/srtp/srtp_receiver.hpp>
#include <offhook/rtp/srtp/srtp_sender.hpp>
#include <offhook/tests/testkit/octets.hpp>

#include <doctest/doctest.h>

#include <span>

using namespace offhook;
using offhook_test::Octets;
using rtp::SrtpError;
using rtp::SrtpMasterKey;
using rtp::SrtpReceiver;
using rtp::SrtpSender;

namespace {

SrtpMasterKey master_of(rtp::SrtpSuite suite, std::uint8_t first = 1) {
  const auto& facts = rtp::facts_of(suite);
  Octets secret(facts.key_octets + facts.salt_octets);
  for (auto& octet : secret) octet = first++;
  return *SrtpMasterKey::make(suite, secret);
}

struct Pair {
  explicit Pair(rtp::SrtpSuite suite) : sender(*SrtpSender::make(master_of(suite))), receiver(*SrtpReceiver::make(master_of(suite))) {}
  SrtpSender sender;
  SrtpReceiver receiver;

  [[nodiscard]] base::Result<Octets, SrtpError> protect(const Octets& packet, bool rtcp = false) {
    Octets room = packet;
    room.resize(packet.size() + rtp::kMaxSrtpAddedOctets);
    const auto size = rtcp ? sender.protect_rtcp(room, packet.size()) : sender.protect_rtp(room, packet.size());
    if (!size) return base::fail(size.error());
    room.resize(*size);
    return room;
  }
  [[nodiscard]] base::Result<Octets, SrtpError> unprotect(Octets packet, bool rtcp = false) {
    const auto plain = rtcp ? receiver.unprotect_rtcp(packet) : receiver.unprotect_rtp(packet);
    if (!plain) return base::fail(plain.error());
    return Octets(plain->begin(), plain->end());
  }
};

Octets rtp_packet(std::uint16_t sequence, std::uint32_t ssrc = 0x11223344, std::size_t payload = 160) {
  Octets data(payload, 0x55), out(rtp::kFixedHeaderOctets + payload);
  rtp::Packet packet;
  packet.sequence = sequence;
  packet.ssrc = ssrc;
  packet.payload = data;
  REQUIRE(rtp::write_packet(packet, out));
  return out;
}

const Octets kReport{0x80, 201, 0, 1, 1, 2, 3, 4, 0x81, 202, 0, 3, 1, 2, 3, 4, 1, 3, 'a', 'b', 'c', 0, 0, 0};

Octets changed(Octets packet, std::size_t at) {
  packet[at] ^= 1;
  return packet;
}

}  // namespace

TEST_CASE("SrtpReceiver returns each packet that SrtpSender protects, in all suites [RFC 3711 section 3.3]") {
  for (const auto& facts : rtp::srtp_suites()) {
    CAPTURE(facts.name);
    Pair pair(facts.suite);
    for (std::uint32_t i = 0; i < 200'000; i += i < 70'000 && i > 65'000 ? 1 : 997) {
      const auto packet = rtp_packet(static_cast<std::uint16_t>(i));
      const auto protected_packet = pair.protect(packet);
      REQUIRE(protected_packet);
      CHECK(protected_packet->size() == packet.size() + facts.rtp_tag_octets);
      REQUIRE(pair.unprotect(*protected_packet) == packet);
    }
    const auto report = pair.protect(kReport, true);
    REQUIRE(report);
    CHECK(report->size() == kReport.size() + facts.rtcp_tag_octets + 4);
    CHECK(pair.unprotect(*report, true) == kReport);
  }
}

TEST_CASE("SrtpReceiver refuses a packet with any changed bit, and then still accepts the unchanged packet") {
  for (const auto& facts : rtp::srtp_suites()) {
    CAPTURE(facts.name);
    Pair pair(facts.suite);
    const auto packet = rtp_packet(7, 1, 20);
    const auto sent = *pair.protect(packet), report = *pair.protect(kReport, true);
    for (std::size_t at = 0; at < sent.size(); ++at) CHECK_FALSE(pair.unprotect(changed(sent, at)));
    for (std::size_t at = 0; at < report.size(); ++at) CHECK_FALSE(pair.unprotect(changed(report, at), true));
    CHECK(pair.unprotect(sent) == packet);
    CHECK(pair.unprotect(report, true) == kReport);
  }
}

TEST_CASE("SrtpReceiver refuses a packet that came before, and a packet that is older than its window [RFC 3711 section 3.3.2]") {
  Pair pair(rtp::SrtpSuite::AesCm128Sha1_80);
  std::vector<Octets> sent;
  for (std::uint16_t sequence = 0; sequence < 200; ++sequence) sent.push_back(*pair.protect(rtp_packet(sequence)));
  REQUIRE(pair.unprotect(sent[150]));
  CHECK(pair.unprotect(sent[150]) == base::fail(SrtpError::Replayed));
  CHECK(pair.unprotect(sent[23]));
  CHECK(pair.unprotect(sent[22]) == base::fail(SrtpError::Replayed));
  const auto report = *pair.protect(kReport, true);
  CHECK(pair.unprotect(report, true));
  CHECK(pair.unprotect(report, true) == base::fail(SrtpError::Replayed));
}

TEST_CASE("SrtpSender refuses to protect two packets with the same index [RFC 3711 section 9.1]") {
  Pair pair(rtp::SrtpSuite::AeadAes128Gcm);
  CHECK(pair.protect(rtp_packet(5)));
  CHECK(pair.protect(rtp_packet(5)) == base::fail(SrtpError::Replayed));
  CHECK(pair.protect(rtp_packet(5, 99)));
}

TEST_CASE("SrtpReceiver accepts packets with the peer's master key identifier, and refuses another identifier [RFC 3711 section 3.1]") {
  for (const auto& facts : rtp::srtp_suites()) {
    CAPTURE(facts.name);
    const Octets mki{0xaa, 0xbb};
    Pair pair(facts.suite);
    pair.receiver = *SrtpReceiver::make(master_of(facts.suite), mki);
    const bool is_aead = facts.salt_octets == 12;
    const auto with_mki = [&](Octets packet, std::size_t tag, const Octets& identifier) {
      packet.insert(packet.end() - static_cast<std::ptrdiff_t>(is_aead ? 0 : tag), identifier.begin(), identifier.end());
      return packet;
    };
    const auto packet = rtp_packet(1);
    const auto sent = *pair.protect(packet), report = *pair.protect(kReport, true);
    CHECK(pair.unprotect(with_mki(sent, facts.rtp_tag_octets, {0xaa, 0xbc})) == base::fail(SrtpError::BadMki));
    CHECK(pair.unprotect(sent) == base::fail(SrtpError::BadMki));
    CHECK(pair.unprotect(with_mki(sent, facts.rtp_tag_octets, mki)) == packet);
    CHECK(pair.unprotect(with_mki(report, facts.rtcp_tag_octets, mki), true) == kReport);
  }
  const auto key = master_of(rtp::SrtpSuite::AesCm128Sha1_80);
  CHECK(SrtpReceiver::make(key, Octets(SrtpReceiver::kMaxMkiOctets)));
  CHECK_FALSE(SrtpReceiver::make(key, Octets(SrtpReceiver::kMaxMkiOctets + 1)));
}

TEST_CASE("Under one key, SRTP accepts 512 sources one after the other, and no more") {
  constexpr auto kMost = static_cast<std::uint32_t>(rtp::SourceTable::kMaxSources + rtp::SourceTable::kMaxForgotten);
  static_assert(kMost == 512);
  Pair pair(rtp::SrtpSuite::AesCm128Sha1_80);
  Pair other(rtp::SrtpSuite::AesCm128Sha1_80);
  for (std::uint32_t ssrc = 0; ssrc < kMost; ++ssrc) CHECK(pair.unprotect(*pair.protect(rtp_packet(1, ssrc))));
  CHECK(pair.protect(rtp_packet(1, 1000)) == base::fail(SrtpError::TooManySources));
  CHECK(pair.unprotect(*other.protect(rtp_packet(1, 1000))) == base::fail(SrtpError::TooManySources));
  CHECK(pair.unprotect(*pair.protect(rtp_packet(2, kMost - 1))));
}

TEST_CASE("When a 65th source comes, SRTP refuses all packets of the least recently used source, because they could be replays") {
  Pair pair(rtp::SrtpSuite::AesCm128Sha1_80);
  const auto old = *pair.protect(rtp_packet(1, 1));
  CHECK(pair.unprotect(*pair.protect(rtp_packet(1, 0))));
  CHECK(pair.unprotect(old));
  for (std::uint32_t ssrc = 2; ssrc < rtp::SourceTable::kMaxSources; ++ssrc) CHECK(pair.unprotect(*pair.protect(rtp_packet(1, ssrc))));
  CHECK(pair.unprotect(*pair.protect(rtp_packet(2, 0))));
  CHECK(pair.unprotect(*pair.protect(rtp_packet(1, 64))));
  CHECK(pair.unprotect(old) == base::fail(SrtpError::TooManySources));
  CHECK(pair.protect(rtp_packet(2, 1)) == base::fail(SrtpError::TooManySources));
  CHECK(pair.unprotect(*pair.protect(rtp_packet(3, 0))));
}

TEST_CASE("SrtpReceiver finds the roll-over counter of a source whose packets before the first roll-over were all lost [RFC 3711 section 3.3.1, RFC 4568 section 6.4]") {
  for (const auto& facts : rtp::srtp_suites()) {
    CAPTURE(facts.name);
    Pair pair(facts.suite);
    REQUIRE(pair.protect(rtp_packet(65'535)));
    CHECK(pair.unprotect(*pair.protect(rtp_packet(0))) == rtp_packet(0));
    CHECK(pair.unprotect(*pair.protect(rtp_packet(1))) == rtp_packet(1));
  }
}

TEST_CASE("Under a new key, SrtpReceiver accepts a source whose roll-over counter continues or begins at 0 [RFC 3711 section 3.3.1, RFC 4568 section 7.1.4]") {
  for (const auto& facts : rtp::srtp_suites()) {
    CAPTURE(facts.name);
    Pair pair(facts.suite), next(facts.suite);
    next.sender = *SrtpSender::make(master_of(facts.suite, 77));
    for (const std::uint32_t ssrc : {1U, 2U}) {
      for (std::uint32_t index = 0; index < 200'000; index += 20'000) CHECK(pair.unprotect(*pair.protect(rtp_packet(static_cast<std::uint16_t>(index), ssrc))));
    }
    for (std::uint32_t index = 0; index < 200'000; index += 20'000) REQUIRE(next.protect(rtp_packet(static_cast<std::uint16_t>(index), 1)));
    next.receiver = *SrtpReceiver::make(master_of(facts.suite, 77));
    next.receiver.follow(pair.receiver);
    CHECK(next.unprotect(*next.protect(rtp_packet(static_cast<std::uint16_t>(200'000), 1))) == rtp_packet(static_cast<std::uint16_t>(200'000), 1));
    CHECK(next.unprotect(*next.protect(rtp_packet(static_cast<std::uint16_t>(200'000), 2))) == rtp_packet(static_cast<std::uint16_t>(200'000), 2));
  }
}

TEST_CASE("A forged packet of a new source does not take a place in the source table") {
  Pair pair(rtp::SrtpSuite::AesCm128Sha1_80);
  Pair stranger(rtp::SrtpSuite::AesCm128Sha1_80);
  stranger.sender = *SrtpSender::make(master_of(rtp::SrtpSuite::AesCm128Sha1_80, 77));
  for (std::uint32_t ssrc = 0; ssrc < rtp::SourceTable::kMaxSources; ++ssrc)
    CHECK(pair.unprotect(*stranger.protect(rtp_packet(1, ssrc))) == base::fail(SrtpError::BadTag));
  for (std::uint32_t ssrc = 100; ssrc < 100 + rtp::SourceTable::kMaxSources; ++ssrc) CHECK(pair.unprotect(*pair.protect(rtp_packet(1, ssrc))));
}

TEST_CASE("SRTP refuses packets that are too short for their header and tag, and buffers that are too small") {
  for (const auto& facts : rtp::srtp_suites()) {
    CAPTURE(facts.name);
    Pair pair(facts.suite);
    const auto sent = *pair.protect(rtp_packet(1, 1, 0)), report = *pair.protect(kReport, true);
    for (std::size_t size = 0; size < sent.size(); ++size)
      CHECK(pair.unprotect(Octets(sent.begin(), sent.begin() + static_cast<std::ptrdiff_t>(size))) == base::fail(SrtpError::BadPacket));
    for (std::size_t size = 0; size < report.size(); ++size)
      CHECK_FALSE(pair.unprotect(Octets(report.begin(), report.begin() + static_cast<std::ptrdiff_t>(size)), true));
    CHECK(pair.unprotect(sent) == rtp_packet(1, 1, 0));
    Octets room = rtp_packet(2);
    room.resize(room.size() + facts.rtp_tag_octets - 1);
    CHECK(pair.sender.protect_rtp(room, 172) == base::fail(SrtpError::NoRoom));
    room.push_back(0);
    CHECK(pair.sender.protect_rtp(room, 172) == 172 + facts.rtp_tag_octets);
    CHECK(pair.sender.protect_rtp(room, room.size() + 1) == base::fail(SrtpError::BadPacket));
    Octets rtcp_room = kReport;
    rtcp_room.resize(kReport.size() + facts.rtcp_tag_octets + 3);
    CHECK(pair.sender.protect_rtcp(rtcp_room, kReport.size()) == base::fail(SrtpError::NoRoom));
  }
}

TEST_CASE("SrtpReceiver refuses RTCP that is not encrypted") {
  Pair pair(rtp::SrtpSuite::AesCm128Sha1_80);
  auto report = *pair.protect(kReport, true);
  report[kReport.size()] &= 0x7f;  // the E flag
  CHECK(pair.unprotect(report, true) == base::fail(SrtpError::NotEncrypted));
}

TEST_CASE("srtp_suite_named() and srtp_suite_of_profile() find each suite by its name and its profile [RFC 4568 section 6.2, RFC 5764 section 4.1.2]") {
  for (const auto& facts : rtp::srtp_suites()) {
    CHECK(rtp::srtp_suite_named(facts.name) == facts.suite);
    CHECK(rtp::srtp_suite_of_profile(facts.dtls_profile) == facts.suite);
  }
  CHECK_FALSE(rtp::srtp_suite_named("aes_cm_128_hmac_sha1_80"));
  CHECK_FALSE(rtp::srtp_suite_named("F8_128_HMAC_SHA1_80"));
  CHECK_FALSE(rtp::srtp_suite_of_profile(5));
}
