#include <offhook/rtp/nat/turn_channels.hpp>
#include <offhook/tests/rtp/allocations.hpp>
#include <offhook/tests/rtp/nat/scripted_turn_server.hpp>

#include <doctest/doctest.h>

using namespace offhook_test;
using rtp::TurnChannels;
using rtp::TurnDataError;

namespace {

const base::SocketAddress kPeerA = socket_address("203.0.113.1", 7000), kPeerB = socket_address("203.0.113.2", 7000);
const base::SocketAddress kPeerC = socket_address("2001:db8::3", 7000);

TurnChannels three_peers(rtp::StunTransport transport = rtp::StunTransport::Udp) {
  TurnChannels channels(transport);
  for (const auto& peer : {kPeerA, kPeerB, kPeerC}) REQUIRE(channels.add_permission(peer.ip));
  REQUIRE(channels.add_channel(kPeerA, 0x4001, true));
  REQUIRE(channels.add_channel(kPeerB, 0x4002, false));
  return channels;
}

base::Result<Octets, TurnDataError> wrapped(const TurnChannels& channels, const base::SocketAddress& peer, const Octets& octets) {
  base::SeededRandom random(1);
  Octets room(octets.size() + rtp::kMaxTurnAddedOctets);
  const auto size = channels.wrap(peer, octets, room, random);
  if (!size) return base::fail(size.error());
  room.resize(*size);
  return room;
}

Octets data_indication(const std::optional<base::SocketAddress>& peer, const std::optional<Octets>& data, bool has_unknown = false) {
  return stun(StunMethod::Data, StunClass::Indication, {4}, [&](StunWriter& writer) {
    if (peer) writer.add_address(StunAttribute::XorPeerAddress, *peer);
    if (data) writer.add(StunAttribute::Data, *data);
    if (has_unknown) writer.add_flag(static_cast<StunAttribute>(0x7001));
  });
}

TurnDataError refusal_of(const TurnChannels& channels, const Octets& message) {
  const auto data = channels.unwrap(message);
  REQUIRE_FALSE(data);
  return data.error();
}

}  // namespace

TEST_CASE("TurnChannels wraps data in ChannelData if the channel is bound, and otherwise in a Send indication [RFC 8656 sections 11.1, 12.4 and 12.5]") {
  const auto channels = three_peers();
  CHECK(wrapped(channels, kPeerA, {1, 2, 3, 4, 5}) == Octets{0x40, 0x01, 0, 5, 1, 2, 3, 4, 5});
  CHECK(wrapped(channels, kPeerA, {}) == Octets{0x40, 0x01, 0, 0});
  CHECK(wrapped(three_peers(rtp::StunTransport::Tcp), kPeerA, {1, 2, 3, 4, 5}) == Octets{0x40, 0x01, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0});
  for (const auto& peer : {kPeerB, kPeerC, socket_address("203.0.113.1", 7001)}) {
    const auto octets = wrapped(channels, peer, {1, 2, 3, 4, 5}).value();
    const auto message = StunMessage::parse(octets).value();
    CHECK(message.is(StunMethod::Send));
    CHECK(message.kind() == StunClass::Indication);
    CHECK(message.address(StunAttribute::XorPeerAddress) == peer);
    const auto data = message.find(StunAttribute::Data).value();
    CHECK(Octets(data.begin(), data.end()) == Octets{1, 2, 3, 4, 5});
  }
}

TEST_CASE("TurnChannels sends nothing to a peer without permission [RFC 8656 section 11.1]") {
  CHECK(wrapped(three_peers(), socket_address("203.0.113.4", 7000), {1}) == base::fail(TurnDataError::NotPermitted));
  CHECK(wrapped(TurnChannels(), kPeerA, {1}) == base::fail(TurnDataError::NotPermitted));
}

TEST_CASE("TurnChannels wraps datagrams up to kMaxTurnDataOctets, and reports a buffer that is too small, at each size") {
  const auto channels = three_peers(rtp::StunTransport::Tcp);
  base::SeededRandom random(1);
  for (const auto& peer : {kPeerA, kPeerC}) {
    CHECK(wrapped(channels, peer, Octets(rtp::kMaxTurnDataOctets)));
    CHECK(wrapped(channels, peer, Octets(rtp::kMaxTurnDataOctets)).value().size() <= 65507);
    CHECK(wrapped(channels, peer, Octets(rtp::kMaxTurnDataOctets + 1)) == base::fail(TurnDataError::TooLong));
    const Octets octets(17, 1);
    const std::size_t needed = wrapped(channels, peer, octets).value().size();
    CHECK(needed <= octets.size() + rtp::kMaxTurnAddedOctets);
    for (std::size_t size = 0; size <= needed; ++size) {
      Octets room(size);
      CHECK(channels.wrap(peer, octets, room, random).has_value() == (size == needed));
    }
  }
}

TEST_CASE("TurnChannels unwraps ChannelData of its channels, even before the server has confirmed them, and with padding [RFC 8656 section 12.6]") {
  const auto channels = three_peers();
  for (const auto& [number, peer] : {std::pair<std::uint8_t, base::SocketAddress>(1, kPeerA), {2, kPeerB}}) {
    const Octets message{0x40, number, 0, 3, 7, 8, 9, 0};
    const auto data = channels.unwrap(message).value();
    CHECK(data.peer == peer);
    CHECK(Octets(data.octets.begin(), data.octets.end()) == Octets{7, 8, 9});
  }
  CHECK(channels.unwrap(Octets{0x40, 1, 0, 0}).value().octets.empty());
  CHECK(refusal_of(channels, {0x40, 3, 0, 1, 7}) == TurnDataError::NotPermitted);
  for (const Octets& cut : {Octets{0x40}, Octets{0x40, 1}, Octets{0x40, 1, 0}, Octets{0x40, 1, 0, 1}, Octets{0x40, 1, 0, 5, 1, 2, 3, 4}}) {
    CHECK(refusal_of(channels, cut) == TurnDataError::Malformed);
  }
}

TEST_CASE("TurnChannels unwraps Data indications only of peers with a permission [RFC 8656 section 11.4]") {
  const auto channels = three_peers();
  const auto other_port = socket_address("203.0.113.1", 9);
  for (const auto& peer : {kPeerA, kPeerC, other_port}) {
    const auto message = data_indication(peer, Octets{7, 8, 9});
    const auto data = channels.unwrap(message).value();
    CHECK(data.peer == peer);
    CHECK(Octets(data.octets.begin(), data.octets.end()) == Octets{7, 8, 9});
  }
  CHECK(channels.unwrap(data_indication(kPeerA, Octets{})));
  CHECK(refusal_of(channels, data_indication(socket_address("203.0.113.4", 7000), Octets{7})) == TurnDataError::NotPermitted);
  CHECK(refusal_of(channels, data_indication(std::nullopt, Octets{7})) == TurnDataError::Malformed);
  CHECK(refusal_of(channels, data_indication(kPeerA, std::nullopt)) == TurnDataError::Malformed);
  CHECK(refusal_of(channels, data_indication(kPeerA, Octets{7}, true)) == TurnDataError::Malformed);
}

TEST_CASE("TurnChannels leaves other STUN messages to the client, and refuses other protocols") {
  const auto channels = three_peers();
  CHECK(refusal_of(channels, stun(StunMethod::Refresh, StunClass::Success, {1})) == TurnDataError::NotData);
  CHECK(refusal_of(channels, stun(StunMethod::Data, StunClass::Request, {1})) == TurnDataError::NotData);
  for (const Octets& other : {Octets{}, Octets{0, 1}, Octets{22, 1, 2, 3}, Octets{0x80, 0, 0, 1}, Octets{0x50, 0, 0, 0}}) {
    CHECK(refusal_of(channels, other) == TurnDataError::Malformed);
  }
}

TEST_CASE("TurnChannels has room for 32 permissions and 16 channels") {
  TurnChannels channels;
  for (std::size_t i = 0; i < TurnChannels::kMaxPermissions; ++i) CHECK(channels.add_permission(kPeerA.ip));
  CHECK_FALSE(channels.add_permission(kPeerA.ip));
  for (std::uint16_t i = 0; i < TurnChannels::kMaxChannels; ++i) CHECK(channels.add_channel(kPeerA, i, true));
  CHECK_FALSE(channels.add_channel(kPeerA, 99, true));
}

TEST_CASE("TurnChannels allocates nothing when it sends and receives [design: no allocation on the path]") {
  const auto channels = three_peers();
  base::SeededRandom random(1);
  const Octets packet(172, 1), from_peer = joined({0x40, 1, 0, 172}, packet), indication = data_indication(kPeerC, packet);
  Octets room(packet.size() + rtp::kMaxTurnAddedOctets);
  const auto before = allocations();
  bool works = true;
  for (const auto& peer : {kPeerA, kPeerB, kPeerC}) works = works && channels.wrap(peer, packet, room, random).has_value();
  works = works && channels.unwrap(from_peer).has_value() && channels.unwrap(indication).has_value();
  const auto after = allocations();
  CHECK(works);
  CHECK(after == before);
}
