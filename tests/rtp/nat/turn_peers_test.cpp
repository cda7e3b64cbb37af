#include <offhook/rtp/nat/turn_peers.hpp>
#include <offhook/tests/rtp/nat/scripted_turn_server.hpp>

#include <doctest/doctest.h>

using namespace offhook_test;
using rtp::TurnChannels;
using rtp::TurnPeerError;
using rtp::TurnPeers;

namespace {

base::SocketAddress numbered_peer(std::uint8_t number, std::uint16_t port = 7000) { return {base::IpAddress::v4({203, 0, 113, number}), port}; }

struct Peering {
  /// Takes all requests that are due, and grants them.
  std::vector<TurnPeers::Request> grant_due() {
    std::vector<TurnPeers::Request> all;
    while (const auto due = peers.next_due(now)) {
      (void)peers.on_granted(*due, now);
      all.push_back(*due);
    }
    return all;
  }
  base::TimePoint now{1h};
  TurnPeers peers;
};

}  // namespace

TEST_CASE("TurnPeers requests one permission for each IP address, and requests it again after four minutes [RFC 8656 section 9]") {
  Peering peering;
  CHECK(peering.peers.permit(numbered_peer(1), peering.now));
  CHECK(peering.peers.permit(numbered_peer(1, 7001), peering.now));
  CHECK(peering.grant_due().size() == 1);
  CHECK_FALSE(peering.peers.next_due(peering.now + 4min - 1ms));
  CHECK(peering.peers.next_deadline() == peering.now + 4min);
  peering.now += 4min;
  const auto due = peering.grant_due();
  REQUIRE(due.size() == 1);
  CHECK(due[0].channel == 0);
}

TEST_CASE("TurnPeers requests a channel again after eight minutes, with the same number [RFC 8656 section 12]") {
  Peering peering;
  CHECK(peering.peers.bind(numbered_peer(1), peering.now));
  CHECK(peering.peers.bind(numbered_peer(1), peering.now));
  const auto first = peering.grant_due();
  REQUIRE(first.size() == 1);
  CHECK(first[0].channel == 0x4000);
  peering.now += 8min;
  const auto again = peering.grant_due();
  REQUIRE(again.size() == 1);
  CHECK(again[0].channel == first[0].channel);
}

TEST_CASE("TurnPeers accepts 32 permissions and 16 channels, and forget() frees the place of a permission at once") {
  Peering peering;
  for (std::uint8_t i = 0; i < TurnChannels::kMaxPermissions; ++i) CHECK(peering.peers.permit(numbered_peer(i), peering.now));
  CHECK(peering.peers.permit(numbered_peer(200), peering.now) == base::fail(TurnPeerError::TooMany));
  peering.peers.forget(numbered_peer(0).ip);
  CHECK(peering.peers.permit(numbered_peer(200), peering.now));
  for (std::uint8_t i = 0; i < TurnChannels::kMaxChannels; ++i) CHECK(peering.peers.bind(numbered_peer(i), peering.now));
  CHECK(peering.peers.bind(numbered_peer(200), peering.now) == base::fail(TurnPeerError::TooMany));
}

TEST_CASE("Another peer gets the number of a forgotten channel only after the server has released the number [RFC 8656 section 12]") {
  Peering peering;
  for (std::uint8_t i = 0; i < TurnChannels::kMaxChannels; ++i) REQUIRE(peering.peers.bind(numbered_peer(i), peering.now));
  peering.grant_due();
  peering.now += 1min;
  peering.peers.forget(numbered_peer(3).ip);
  CHECK_FALSE(peering.peers.channels(rtp::StunTransport::Udp, peering.now).unwrap(Octets{0x40, 3, 0, 0}));
  CHECK(peering.peers.bind(numbered_peer(200), peering.now + 15min - 1ms) == base::fail(TurnPeerError::TooMany));
  CHECK(peering.peers.bind(numbered_peer(3), peering.now));  // The same peer gets its number back at once.
  CHECK(peering.grant_due().size() == 1);
  peering.peers.forget(numbered_peer(3).ip);
  peering.now += 16min;
  peering.grant_due();
  CHECK(peering.peers.bind(numbered_peer(200), peering.now));
  const auto due = peering.grant_due();
  REQUIRE(due.size() == 1);
  CHECK(due[0].channel == 0x4003);
}

TEST_CASE("TurnPeers repeats an unanswered refresh until the grant expires, and reports Lost after a refusal or the expiry") {
  Peering peering;
  REQUIRE(peering.peers.permit(numbered_peer(1), peering.now));
  const auto first = peering.peers.next_due(peering.now).value();
  CHECK_FALSE(peering.peers.next_due(peering.now));
  CHECK(peering.peers.on_granted(first, peering.now) == TurnPeers::Outcome::Ready);
  peering.now += 4min;
  const auto refresh = peering.peers.next_due(peering.now).value();
  CHECK(peering.peers.on_refused(refresh, false, peering.now + 40s) == TurnPeers::Outcome::Ignored);
  CHECK(peering.peers.next_deadline() == peering.now + 40s + TurnPeers::kRetry);
  SUBCASE("granted later") {
    CHECK(peering.peers.on_granted(refresh, peering.now + 50s) == TurnPeers::Outcome::Ignored);
    CHECK(peering.peers.channels(rtp::StunTransport::Udp, peering.now + 5min).unwrap(Octets{}) == base::fail(rtp::TurnDataError::Malformed));
  }
  SUBCASE("refused") { CHECK(peering.peers.on_refused(refresh, true, peering.now + 50s) == TurnPeers::Outcome::Lost); }
  SUBCASE("expired") { CHECK(peering.peers.on_refused(refresh, false, peering.now + 1min) == TurnPeers::Outcome::Lost); }
}

TEST_CASE("TurnPeers ignores answers about a forgotten peer") {
  Peering peering;
  REQUIRE(peering.peers.permit(numbered_peer(1), peering.now));
  REQUIRE(peering.peers.bind(numbered_peer(1), peering.now));
  const auto permission = peering.peers.next_due(peering.now).value(), channel = peering.peers.next_due(peering.now).value();
  peering.peers.forget(numbered_peer(1).ip);
  for (const auto& request : {permission, channel}) {
    CHECK(peering.peers.on_granted(request, peering.now) == TurnPeers::Outcome::Ignored);
    CHECK(peering.peers.on_refused(request, true, peering.now) == TurnPeers::Outcome::Ignored);
  }
  CHECK_FALSE(peering.peers.next_deadline());
}
