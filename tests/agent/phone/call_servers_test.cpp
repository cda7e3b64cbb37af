#include <offhook/agent/phone/nat/call_servers.hpp>
#include <offhook/tests/rtp/nat/scripted_turn_server.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;
using offhook_test::Octets;
using offhook_test::socket_address;

namespace {

const base::SocketAddress kLocal = socket_address("198.51.100.1", 5000), kServer = socket_address("192.0.2.9", 3478), kPeer = socket_address("203.0.113.7", 7000);

/// The servers of one call, with an allocation for its RTP socket. The RTCP socket gets no answers.
struct Allocated {
  base::TimePoint now{100s};
  std::shared_ptr<phone::NatServers> all = phone::NatServers::make({.servers = {{"turn:192.0.2.9", "user", "secret"}}}).value();
  media::PathMail mail;
  offhook_test::ScriptedTurnServer turn;
  bool is_silent = false;
  phone::CallServers servers{all, all->usable(false, now, 0), kLocal, now};

  Allocated() {
    for (int i = 0; i < 10; ++i) step();
  }
  void step() {
    now += 100ms;
    (void)servers.advance(mail, now);
    media::PathDatagram letter;
    while (mail.to_send.try_pop(letter)) {
      CHECK(letter.peer == kServer);
      if (letter.channel == media::Channel::Rtcp || is_silent) continue;
      if (const auto answer = turn.on_message(letter.bytes(), kLocal, now)) (void)receive(*answer);
    }
    (void)servers.advance(mail, now);
  }
  std::optional<phone::CallServers::Relayed> receive(const Octets& octets, const base::SocketAddress& from = kServer) {
    media::PathDatagram datagram{media::Channel::Rtp, from, now};
    REQUIRE(datagram.set(octets));
    std::optional<phone::CallServers::Relayed> relayed;
    is_of_server = servers.receive(datagram, relayed);
    return relayed;
  }
  bool is_of_server = false;
  const base::SocketAddress relayed_address = socket_address("192.0.2.50", 50000);
};

}  // namespace

TEST_CASE_FIXTURE(Allocated, "Up to eight datagrams wait until the server permits their peer, and a ninth datagram replaces the oldest") {
  REQUIRE(servers.is_relayed(relayed_address));
  is_silent = true;
  for (std::uint8_t i = 0; i <= phone::CallServers::kMaxWaiting; ++i) servers.send({relayed_address, kPeer}, Octets{i}, mail, now);
  step();
  CHECK(turn.to_peers.empty());
  is_silent = false;
  for (int i = 0; i < 10; ++i) step();
  REQUIRE(turn.to_peers.size() == phone::CallServers::kMaxWaiting);
  for (std::uint8_t i = 0; i < phone::CallServers::kMaxWaiting; ++i) {
    CHECK(turn.to_peers[i].peer == kPeer);
    CHECK(turn.to_peers[i].octets == Octets{static_cast<std::uint8_t>(i + 1)});
  }
}

TEST_CASE_FIXTURE(Allocated, "hop() returns a channel as soon as the server has confirmed the channel, and receive() unwraps datagrams that come in the channel") {
  CHECK(servers.hop({relayed_address, kPeer}, now).channel == 0);
  for (int i = 0; i < 3; ++i) step();
  const auto hop = servers.hop({relayed_address, kPeer}, now);
  CHECK(hop.remote == kServer);
  CHECK(hop.channel >= 0x4000);
  CHECK_FALSE(hop.pads);
  const auto data = receive(turn.from_peer(kPeer, {9, 8, 7}, now).value());
  REQUIRE(data);
  CHECK(data->from == rtp::IcePath{relayed_address, kPeer});
  CHECK(Octets(data->octets.begin(), data->octets.end()) == Octets{9, 8, 7});
}

TEST_CASE_FIXTURE(Allocated, "receive() returns false for a datagram that did not come from a server") {
  CHECK_FALSE(receive({0x40, 0, 0, 0}, kPeer));
  CHECK_FALSE(is_of_server);
  CHECK_FALSE(receive({0x40, 0, 0, 0}));
  CHECK(is_of_server);
}

TEST_CASE_FIXTURE(Allocated, "The end of a call deletes its allocation") {
  CHECK(turn.is_allocated(now));
  servers.release(mail, now);
  step();
  CHECK_FALSE(turn.is_allocated(now));
}
