#include <offhook/rtp/nat/turn_client.hpp>
#include <offhook/tests/rtp/nat/turn_world.hpp>

#include <doctest/doctest.h>

using namespace offhook_test;
namespace turn = offhook::rtp::turn;
using rtp::StunTransport;
using rtp::TurnClient;
using rtp::TurnFailure;
using rtp::TurnFamily;
using rtp::TurnPeerError;

namespace {

const base::SocketAddress kFarPeer = socket_address("203.0.113.1", 7000), kFarPeer6 = socket_address("2001:db8:1::1", 7000);
const auto kTransports = {StunTransport::Udp, StunTransport::Tcp, StunTransport::Tls};

}  // namespace

TEST_CASE("TurnClient allocates with its credential after a challenge [RFC 8656 section 7, RFC 8489 section 9.2.3]") {
  for (const auto transport : kTransports) {
    TurnWorld world(transport);
    world.allocate();
    const auto allocated = world.last<turn::Allocated>().value();
    CHECK(allocated.relayed_v4 == socket_address("192.0.2.50", 50000));
    CHECK_FALSE(allocated.relayed_v6);
    CHECK(allocated.mapped == TurnWorld::kClient);
    REQUIRE(world.server.seen.size() == 2);
    CHECK_FALSE(world.server.seen[0].is_signed);
    CHECK(world.server.seen[1].is_signed);
    const auto request = StunMessage::parse(world.server.seen[1].octets).value();
    CHECK(request.text(StunAttribute::Software) == "test");
    CHECK_FALSE(request.has(StunAttribute::RequestedAddressFamily));
    CHECK(world.client.state() == TurnClient::State::Allocated);
  }
}

TEST_CASE("TurnClient allocates without a credential if the server sends no challenge") {
  TurnWorld world;
  world.server.is_open = true;
  world.allocate();
  REQUIRE(world.client.bind(kFarPeer, world.now));
  world.run_for(1s);
  CHECK(world.server.seen.size() == 3);
  CHECK(world.count<turn::PeerReady>() == 2);
}

TEST_CASE("TurnClient uses SHA-256 and USERHASH if the server offers them, and detects if the offer was removed [RFC 8489 section 9.2.5]") {
  for (const bool userhash : {false, true}) {
    TurnWorld world;
    world.server.has_sha256 = true;
    world.server.has_userhash = userhash;
    world.allocate();
    world.server.make_nonce_stale();
    REQUIRE(world.client.bind(kFarPeer, world.now));
    world.run_for(1s);
    CHECK(world.count<turn::PeerReady>() == 2);
  }
  TurnWorld attacked;
  attacked.server.has_sha256 = attacked.server.removes_algorithms = true;
  attacked.start();
  attacked.run_for(1s);
  CHECK(attacked.last<turn::Failed>()->why == TurnFailure::BadChallenge);
  CHECK(attacked.server.seen.size() == 1);
}

TEST_CASE("TurnClient requests the address family of its options [RFC 8656 section 7.1]") {
  TurnWorld v6(StunTransport::Udp, TurnFamily::V6);
  v6.server.relays_v6 = true;
  v6.allocate();
  CHECK(v6.last<turn::Allocated>()->relayed_v6 == socket_address("2001:db8::50", 50000));
  CHECK_FALSE(v6.last<turn::Allocated>()->relayed_v4);
  CHECK(v6.client.permit(kFarPeer, v6.now) == base::fail(TurnPeerError::WrongFamily));
  CHECK(v6.client.permit(kFarPeer6, v6.now));

  TurnWorld both(StunTransport::Udp, TurnFamily::Both);
  both.server.relays_v6 = true;
  both.allocate();
  CHECK(both.last<turn::Allocated>()->relayed_v4);
  CHECK(both.last<turn::Allocated>()->relayed_v6);
  CHECK(both.last<turn::Allocated>()->missing_family_code == 0);
  CHECK(both.client.permit(kFarPeer, both.now));
  CHECK(both.client.permit(kFarPeer6, both.now));
}

TEST_CASE("TurnClient accepts one of two requested address families, and reports why the other is missing [RFC 8656 section 18.12]") {
  TurnWorld world(StunTransport::Udp, TurnFamily::Both);
  world.allocate();
  CHECK(world.last<turn::Allocated>()->relayed_v4);
  CHECK_FALSE(world.last<turn::Allocated>()->relayed_v6);
  CHECK(world.last<turn::Allocated>()->missing_family_code == 440);
}

TEST_CASE("TurnClient relays by Send indications until the channel is bound, then by ChannelData, in both directions [RFC 8656 sections 11 and 12]") {
  for (const auto transport : kTransports) {
    TurnWorld world(transport);
    world.allocate();
    CHECK_FALSE(world.send(kFarPeer, {1}));
    REQUIRE(world.client.permit(kFarPeer, world.now));
    world.run_for(1s);
    CHECK_FALSE(world.last<turn::PeerReady>()->has_channel);
    CHECK(world.send(kFarPeer, {1, 2, 3, 4, 5}));
    CHECK(world.send_back(kFarPeer, {6, 7, 8}));
    REQUIRE(world.client.bind(kFarPeer, world.now));
    world.run_for(1s);
    CHECK(world.last<turn::PeerReady>()->has_channel);
    CHECK(world.send(kFarPeer, {9}));
    CHECK(world.send_back(kFarPeer, {10, 11, 12, 13, 14}));
    world.run_for(1s);
    REQUIRE(world.server.to_peers.size() == 2);
    CHECK(world.server.to_peers[0].octets == Octets{1, 2, 3, 4, 5});
    CHECK_FALSE(world.server.to_peers[0].by_channel);
    CHECK(world.server.to_peers[1].octets == Octets{9});
    CHECK(world.server.to_peers[1].by_channel);
    CHECK(world.received == std::vector<std::pair<base::SocketAddress, Octets>>{{kFarPeer, {6, 7, 8}}, {kFarPeer, {10, 11, 12, 13, 14}}});
    CHECK_FALSE(world.send_back(socket_address("203.0.113.99", 1), {1}));
  }
}

TEST_CASE("poll_channels() returns a copy for the media thread after each change, and otherwise nullopt") {
  TurnWorld world;
  world.allocate();
  CHECK_FALSE(world.client.poll_channels());
  REQUIRE(world.client.bind(kFarPeer, world.now));
  const auto early = world.client.poll_channels();  // With this copy, the channel already receives.
  REQUIRE(early);
  CHECK(early->unwrap(Octets{0x40, 0, 0, 0}));
  CHECK_FALSE(world.client.poll_channels());
  world.run_for(1s);
  Octets room(100);
  CHECK_FALSE(early->wrap(kFarPeer, Octets{1}, room, world.random));
  CHECK(world.client.poll_channels()->wrap(kFarPeer, Octets{1}, room, world.random) == 5);
  world.client.forget(kFarPeer.ip, world.now);
  const auto late = world.client.poll_channels();
  REQUIRE(late);
  CHECK_FALSE(late->unwrap(Octets{0x40, 0, 0, 0}));
  CHECK_FALSE(late->wrap(kFarPeer, Octets{1}, room, world.random));
}

TEST_CASE("For a day, TurnClient refreshes its allocation a minute before it expires, and also its permissions and channels [RFC 8656 sections 8, 9 and 12]") {
  TurnWorld world;
  world.allocate();
  REQUIRE(world.client.bind(kFarPeer, world.now));
  const auto begin = world.now;
  std::size_t delivered = 0;
  for (int minute = 0; minute < 24 * 60; ++minute) {
    world.run_for(1min);
    if (minute % 60 == 0) world.server.make_nonce_stale();
    delivered += world.send_back(kFarPeer, {1}) && world.send(kFarPeer, {1}) ? 1 : 0;
  }
  world.run_for(1s);
  CHECK(delivered == 24 * 60);
  CHECK(world.received.size() == delivered);
  CHECK(world.server.to_peers.size() == delivered);
  CHECK(world.count<turn::Lost>() == 0);
  CHECK(world.server.count(StunMethod::Refresh) <= 24 * 60 / 9 + 24);
  CHECK(world.server.count(StunMethod::CreatePermission) <= 24 * 60 / 4 + 25);
  CHECK(world.server.count(StunMethod::ChannelBind) <= 24 * 60 / 8 + 25);
  const auto refresh = std::find_if(world.server.seen.begin(), world.server.seen.end(), [](const auto& one) { return one.method == StunMethod::Refresh; });
  CHECK(refresh->at - begin < 9min);
  CHECK(refresh->at - begin > 8min);
  CHECK_FALSE(refresh->lifetime);
}

TEST_CASE("TurnClient keeps its allocation and a peer through loss up to 30 %, reordering and stale nonces") {
  for (const unsigned loss_percent : {0U, 10U, 20U, 30U}) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      CAPTURE(loss_percent);
      CAPTURE(seed);
      TurnWorld world(StunTransport::Udp, TurnFamily::Any, seed);
      world.loss_percent = loss_percent;
      while (!world.last<turn::Allocated>()) {  // At 30 % about one request in a hundred is never answered.
        world.start();
        world.run_for(150s);
        REQUIRE(world.count<turn::Failed>() < 3);
      }
      REQUIRE(world.client.bind(kFarPeer, world.now));
      int sent = 0;
      for (int minute = 0; minute < 120; ++minute) {
        world.run_for(1min);
        if (minute % 20 == 0) world.server.make_nonce_stale();
        sent += world.send_back(kFarPeer, {1}) && world.send(kFarPeer, {1}) ? 1 : 0;
      }
      world.run_for(1s);
      CHECK(world.count<turn::Lost>() == 0);
      CHECK(world.count<turn::PeerRefused>() == 0);
      CHECK(sent >= 119);
      CHECK(world.received.size() >= static_cast<std::size_t>(sent) * (100 - loss_percent) / 100 - 20);
    }
  }
}

TEST_CASE("Over UDP, TurnClient keeps the NAT's binding by an indication every 20 s [RFC 8656 section 9]") {
  TurnWorld world;
  world.allocate();
  const auto before = world.server.indications();
  world.run_for(200s);
  CHECK(world.server.indications() == before + 10);
  TurnWorld stream(StunTransport::Tcp);
  stream.allocate();
  stream.run_for(200s);
  CHECK(stream.server.indications() == 0);
}

TEST_CASE("TurnClient has at most ten pending requests, and sends the requests for further peers after their answers [RFC 8489 section 6.2]") {
  TurnWorld world;
  world.allocate();
  for (std::uint8_t i = 0; i < rtp::TurnChannels::kMaxPermissions; ++i) {
    const base::SocketAddress peer{base::IpAddress::v4({203, 0, 113, i}), 7000};
    REQUIRE((i < rtp::TurnChannels::kMaxChannels ? world.client.bind(peer, world.now) : world.client.permit(peer, world.now)));
  }
  CHECK(world.client.permit(socket_address("203.0.113.200", 1), world.now) == base::fail(TurnPeerError::TooMany));
  world.run_for(10s);
  CHECK(world.max_at_once <= TurnClient::kMaxPending);
  CHECK(world.count<turn::PeerReady>() == rtp::TurnChannels::kMaxPermissions + rtp::TurnChannels::kMaxChannels);
  world.server.make_nonce_stale();
  world.run_for(1h);
  CHECK(world.max_at_once <= TurnClient::kMaxPending);
  CHECK(world.count<turn::PeerRefused>() == 0);
}

TEST_CASE("release() deletes the allocation by a Refresh with lifetime 0 [RFC 8656 section 8.1]") {
  TurnWorld world;
  world.allocate();
  world.client.release(world.now);
  world.client.release(world.now);
  CHECK(world.client.permit(kFarPeer, world.now) == base::fail(TurnPeerError::NotAllocated));
  world.run_for(1s);
  CHECK(world.count<turn::Released>() == 1);
  CHECK(world.server.seen.back().method == StunMethod::Refresh);
  CHECK(world.server.seen.back().lifetime == 0U);
  CHECK_FALSE(world.server.is_allocated(world.now));
  CHECK_FALSE(world.client.next_deadline());
  world.allocate();  // again
}

TEST_CASE("release() completes even if the server has no allocation, the nonce is stale, or no answer comes [RFC 8656 section 8.3]") {
  TurnWorld gone;
  gone.allocate();
  gone.server.restart();
  gone.client.release(gone.now);
  gone.run_for(1s);
  CHECK(gone.count<turn::Released>() == 1);
  TurnWorld silent;
  silent.allocate();
  silent.is_cut = true;
  silent.client.release(silent.now);
  silent.run_for(39s);
  CHECK(silent.count<turn::Released>() == 0);
  silent.run_for(1s);
  CHECK(silent.count<turn::Released>() == 1);
}

TEST_CASE("release() before the answer to a signed Allocate deletes an allocation that the server may have made") {
  TurnWorld world;
  world.start();
  world.run_for(80ms);
  REQUIRE(world.server.seen.size() == 1);
  world.run_for(20ms);
  while (world.server.seen.size() < 2) world.run_for(1ms);
  world.client.release(world.now);
  world.run_for(1s);
  CHECK(world.count<turn::Allocated>() == 0);
  CHECK(world.count<turn::Released>() == 1);
  CHECK_FALSE(world.server.is_allocated(world.now));
  TurnWorld early;
  early.start();
  early.client.release(early.now);
  early.run_for(1s);
  CHECK(early.count<turn::Released>() == 1);
  CHECK_FALSE(early.client.next_deadline());
}
