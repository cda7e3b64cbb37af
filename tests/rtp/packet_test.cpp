#include <offhook/rtp/packet.hpp>

#include <offhook/base/random.hpp>
#include <offhook/tests/testkit/octets.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace offhook;
using offhook_test::joined;
using offhook_test::Octets;
using rtp::PacketError;

namespace {

Octets plain(std::uint8_t first = 0x80) {
  return {first, 0x80 | 9, 0x12, 0x34, 0xAA, 0xBB, 0xCC, 0xDD, 0x01, 0x02, 0x03, 0x04};
}

}  // namespace

TEST_CASE("parse_packet reads each field of the fixed header [RFC 3550 section 5.1]") {
  const auto octets = joined(plain(), {7, 8, 9});
  const auto packet = rtp::parse_packet(octets);
  REQUIRE(packet);
  CHECK(packet->marker);
  CHECK(packet->payload_type == 9);
  CHECK(packet->sequence == 0x1234);
  CHECK(packet->timestamp == 0xAABBCCDD);
  CHECK(packet->ssrc == 0x01020304);
  CHECK(packet->payload.size() == 3);
  CHECK(packet->payload.data() == octets.data() + 12);
  CHECK_FALSE(packet->has_extension);
}

TEST_CASE("parse_packet accepts an empty payload, and refuses eleven octets [RFC 3550 section 5.1]") {
  auto octets = plain();
  CHECK(rtp::parse_packet(octets)->payload.empty());
  octets.pop_back();
  CHECK(rtp::parse_packet(octets) == base::fail(PacketError::TooShort));
  CHECK(rtp::parse_packet({}) == base::fail(PacketError::TooShort));
}

TEST_CASE("parse_packet refuses all versions but 2 [RFC 3550 section 5.1]") {
  for (const int version : {0, 1, 3}) {
    CHECK(rtp::parse_packet(plain(static_cast<std::uint8_t>(version << 6))) == base::fail(PacketError::BadVersion));
  }
}

TEST_CASE("parse_packet reads fifteen CSRCs, and refuses a packet that is one octet too short for them [RFC 3550 section 5.1]") {
  auto octets = joined(plain(0x8F), Octets(60, 0x11));
  const auto packet = rtp::parse_packet(octets);
  REQUIRE(packet);
  CHECK(packet->csrc_count == 15);
  CHECK(packet->csrc[14] == 0x11111111);
  CHECK(packet->payload.empty());
  octets.pop_back();
  CHECK(rtp::parse_packet(octets) == base::fail(PacketError::TooShort));
}

TEST_CASE("parse_packet separates the header extension by its length, which must fit into the packet [RFC 3550 section 5.3.1]") {
  const auto good = joined(plain(0x90), {0xBE, 0xDE, 0, 1, 1, 2, 3, 4, 99});
  const auto packet = rtp::parse_packet(good);
  REQUIRE(packet);
  CHECK(packet->extension_profile == 0xBEDE);
  CHECK(std::ranges::equal(packet->extension, Octets{1, 2, 3, 4}));
  CHECK(std::ranges::equal(packet->payload, Octets{99}));
  CHECK(rtp::parse_packet(joined(plain(0x90), {0xBE, 0xDE, 0, 2, 1, 2, 3, 4, 5, 6, 7})) == base::fail(PacketError::TooShort));
  CHECK(rtp::parse_packet(joined(plain(0x90), {0xBE, 0xDE, 0xFF, 0xFF})) == base::fail(PacketError::TooShort));
  CHECK(rtp::parse_packet(joined(plain(0x90), {0xBE, 0xDE, 0})) == base::fail(PacketError::TooShort));
}

TEST_CASE("parse_packet accepts padding that fills the whole payload, and refuses padding that is one octet longer [RFC 3550 section 5.1]") {
  CHECK(rtp::parse_packet(joined(plain(0xA0), {1, 2, 3, 2}))->payload.size() == 2);
  CHECK(rtp::parse_packet(joined(plain(0xA0), {0, 0, 0, 4}))->payload.empty());
  CHECK(rtp::parse_packet(joined(plain(0xA0), {0, 0, 0, 5})) == base::fail(PacketError::BadPadding));
  CHECK(rtp::parse_packet(joined(plain(0xA0), {1, 2, 3, 0})) == base::fail(PacketError::BadPadding));
  CHECK(rtp::parse_packet(plain(0xA0)) == base::fail(PacketError::BadPadding));
}

TEST_CASE("parse_packet reads random packets back as write_packet wrote them [RFC 3550 section 5.1]") {
  base::SeededRandom random(1);
  for (int round = 0; round < 2000; ++round) {
    Octets payload(random.below(200)), extension(random.below(8) * 4);
    random.fill(payload);
    random.fill(extension);
    rtp::Packet packet{.marker = random.below(2) == 1,
                       .payload_type = static_cast<std::uint8_t>(random.below(128)),
                       .sequence = static_cast<std::uint16_t>(random.next_u32()),
                       .timestamp = random.next_u32(),
                       .ssrc = random.next_u32(),
                       .csrc_count = static_cast<std::uint8_t>(random.below(16))};
    for (std::size_t i = 0; i < packet.csrc_count; ++i) packet.csrc[i] = random.next_u32();
    packet.has_extension = random.below(2) == 1;
    if (packet.has_extension) packet.extension = extension;
    packet.payload = payload;
    packet.padding = static_cast<std::uint8_t>(random.below(20));
    Octets out(2000);
    const auto size = rtp::write_packet(packet, out);
    REQUIRE(size);
    const auto again = rtp::parse_packet(std::span(out).first(*size));
    REQUIRE(again);
    CHECK(again->marker == packet.marker);
    CHECK(again->payload_type == packet.payload_type);
    CHECK(again->sequence == packet.sequence);
    CHECK(again->timestamp == packet.timestamp);
    CHECK(again->ssrc == packet.ssrc);
    CHECK(again->csrc == packet.csrc);
    CHECK(again->padding == packet.padding);
    CHECK(std::ranges::equal(again->extension, packet.extension));
    CHECK(std::ranges::equal(again->payload, payload));
    CHECK(rtp::write_packet(packet, std::span(out).first(*size)).value_or(0) == *size);
    CHECK(rtp::write_packet(packet, std::span(out).first(*size - 1)) == base::fail(PacketError::OutputTooSmall));
  }
}

TEST_CASE("write_packet refuses values that do not fit their fields [RFC 3550 section 5.1]") {
  Octets out(100);
  CHECK(rtp::write_packet({.payload_type = 127}, out));
  CHECK(rtp::write_packet({.payload_type = 128}, out) == base::fail(PacketError::BadField));
  CHECK(rtp::write_packet({.csrc_count = 16}, out) == base::fail(PacketError::BadField));
  const Octets three(3);
  CHECK(rtp::write_packet({.has_extension = true, .extension = three}, out) == base::fail(PacketError::BadField));
}

TEST_CASE("is_rtcp distinguishes RTCP from RTP by the second octet [RFC 5761 section 4]") {
  CHECK(rtp::is_rtcp(Octets{0x80, 200}));
  CHECK(rtp::is_rtcp(Octets{0x80, 192}));
  CHECK(rtp::is_rtcp(Octets{0x80, 223}));
  CHECK_FALSE(rtp::is_rtcp(Octets{0x80, 191}));
  CHECK_FALSE(rtp::is_rtcp(Octets{0x80, 224}));
  CHECK_FALSE(rtp::is_rtcp(Octets{0x80, 0x80 | 0}));
  CHECK_FALSE(rtp::is_rtcp(Octets{0x80}));
}
