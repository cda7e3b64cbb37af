#include <offhook/media/engine/peer_tie.hpp>

#include "talker.hpp"

#include <offhook/tests/testkit/skip.hpp>

#include <cerrno>

using namespace offhook_test;
using media::PeerTie;

namespace {

base::SocketAddress at(std::uint16_t port) { return {kLoopback, port}; }

/// Calls look() for `peer` at most `most` times, until it requests the tie. Returns the number of invocations, or 0 if no tie was requested.
int looks_until_tied(PeerTie& tie, const base::SocketAddress& peer, int most = 1000) {
  for (int looks = 1; looks <= most; ++looks) {
    if (tie.look(peer) == PeerTie::Wish::Tie) return looks;
  }
  return 0;
}

/// A telephone that calls the leg. say() sends a packet from its socket, and heard() counts the packets that it received.
class Caller {
 public:
  Caller(std::uint16_t leg, std::uint32_t ssrc) : leg_{kLoopback, leg}, ssrc_(ssrc) {}
  void say() { static_cast<void>(socket_.send(rtp_packet(ssrc_, sequence_++), leg_)); }
  [[nodiscard]] std::uint16_t port() const { return port_of(socket_); }
  /// Returns the number of packets since the previous heard().
  [[nodiscard]] int heard() const {
    std::array<std::uint8_t, 400> octets;
    int count = 0;
    while (::recv(socket_.fd(), octets.data(), octets.size(), MSG_DONTWAIT) > 0) ++count;
    return count;
  }
  /// Connects the socket to `other`. The kernel then refuses all other senders, including the leg.
  void listen_to(const media::UdpSocket& other) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port_of(other));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket_.fd(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
  }

 private:
  base::SocketAddress leg_;
  std::uint32_t ssrc_;
  std::uint16_t sequence_ = 0;
  media::UdpSocket socket_ = any_socket();
};

/// Returns true if the kernel refuses a stranger's packet to the port. This means that the leg with this port is tied to its peer.
bool is_refused(std::uint16_t port) {
  const auto stranger = any_socket();
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(stranger.fd(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
  const char octet = 0;
  static_cast<void>(::send(stranger.fd(), &octet, 1, 0));
  return ::send(stranger.fd(), &octet, 1, 0) < 0 && errno == ECONNREFUSED;
}

}  // namespace

TEST_CASE("PeerTie requests a tie at the fifth look at the same peer, and an untie when the peer is silent or changes. After a refusal it waits longer") {
  PeerTie tie;
  CHECK_FALSE(tie.is_tied_to(at(1)));
  CHECK(looks_until_tied(tie, at(1)) == PeerTie::kLooks);
  tie.tied();
  CHECK(tie.is_tied_to(at(1)));
  CHECK_FALSE(tie.is_tied_to(at(2)));
  CHECK(tie.look(at(1)) == PeerTie::Wish::Nothing);
  CHECK(tie.look(std::nullopt) == PeerTie::Wish::Untie);
  CHECK(tie.look(at(2)) == PeerTie::Wish::Untie);
  tie.owe_untying(PeerTie::kLooks);
  tie.untied();
  CHECK_FALSE(tie.is_tied_to(at(1)));
  CHECK(looks_until_tied(tie, at(2)) == PeerTie::kLooks);
  tie.tied();
  tie.owe_untying(PeerTie::kLooksRefused);
  tie.untied();
  CHECK(looks_until_tied(tie, at(2)) == PeerTie::kLooksRefused);
  tie.cannot_be_tied();
  CHECK(looks_until_tied(tie, at(2)) == PeerTie::kLooksRefused);
}

TEST_CASE("If a peer changes or is silent, PeerTie starts its count of looks again. This does not shorten the wait after a refusal") {
  PeerTie tie;
  CHECK(looks_until_tied(tie, at(1), PeerTie::kLooks - 1) == 0);
  CHECK(tie.look(at(2)) == PeerTie::Wish::Nothing);
  CHECK(looks_until_tied(tie, at(2), PeerTie::kLooks - 2) == 0);
  CHECK(tie.look(std::nullopt) == PeerTie::Wish::Nothing);
  CHECK(looks_until_tied(tie, at(2)) == PeerTie::kLooks);
  tie.tied();
  tie.owe_untying(PeerTie::kLooksRefused);
  tie.untied();
  CHECK(tie.look(at(1)) == PeerTie::Wish::Nothing);
  CHECK(looks_until_tied(tie, at(9)) == PeerTie::kLooksRefused - 1);
}

TEST_CASE("If an untie was not possible yet, PeerTie requests it again at each look. The requested wait afterwards stays the same") {
  PeerTie tie;
  CHECK(looks_until_tied(tie, at(1)) == PeerTie::kLooks);
  tie.tied();
  tie.owe_untying(PeerTie::kLooksRefused);
  CHECK(tie.is_tied_to(at(1)));
  CHECK(tie.look(at(1)) == PeerTie::Wish::Untie);
  tie.owe_untying(PeerTie::kLooks);  // The code that made this look calls owe_untying() too.
  CHECK(tie.look(at(1)) == PeerTie::Wish::Untie);
  tie.untied();
  CHECK(looks_until_tied(tie, at(1)) == PeerTie::kLooksRefused);
  tie.tied();
  CHECK(tie.look(at(1)) == PeerTie::Wish::Nothing);
}

TEST_CASE("UdpSocket does not tie a socket whose port the system chose, because it would lose the port. It ties and unties a socket with a given port") {
  const auto peer = any_socket();
  const auto chosen = any_socket();
  CHECK_FALSE(chosen.tie(at(port_of(peer))));
  const std::uint16_t port = port_of(any_socket());  // The socket is closed, so its port is free again.
  const auto asked = media::UdpSocket::bind({kLoopback, port});
  REQUIRE(asked);
  REQUIRE(asked->tie(at(port_of(peer))));
  CHECK(asked->send(std::vector<std::uint8_t>{1}));
  CHECK(is_refused(port));
  asked->untie();
  CHECK(port_of(*asked) == port);
  CHECK_FALSE(is_refused(port));
  CHECK_FALSE(asked->send(std::vector<std::uint8_t>{1}));
  CHECK(asked->send(std::vector<std::uint8_t>{1}, at(port_of(peer))));
}

TEST_CASE("UdpSocket does not tie an IPv6 socket, because the kernel would refuse other senders even after untying") {
  const auto local = base::IpAddress::parse("::1");
  REQUIRE(local);
  std::uint16_t port = 0;
  {
    const auto any = media::UdpSocket::bind({*local, 0});
    if (!any) return skip("this machine has no IPv6");
    port = port_of(*any);
  }
  const auto asked = media::UdpSocket::bind({*local, port});
  REQUIRE(asked);
  CHECK_FALSE(asked->tie({*local, 9}));
}

TEST_CASE("A leg ties its socket to a caller that stays, hears a new peer after a re-INVITE without delay, and unties the socket after a silence") {
  for (const auto path : {media::DatagramPath::Best, media::DatagramPath::Epoll}) {
    CAPTURE(media::to_string(path));
    media::Engine engine(options(1, path));
    Talker talker(engine, 440);
    TickWitness witness(engine);
    Caller first(talker.leg.rtp_port, 1), second(talker.leg.rtp_port, 2);
    REQUIRE(engine.start(talker.leg.id, plan_to(first.port())));
    const auto until = [&](Caller& caller, const auto& condition) {
      return wait_until([&] {
        caller.say();
        talker.run();
        REQUIRE(witness.see(1));
        return condition();
      });
    };
    REQUIRE(until(first, [&] { return is_refused(talker.leg.rtp_port); }));
    CHECK(first.heard() > 0);
    REQUIRE(until(first, [&] { return first.heard() > 0; }));  // The tied leg continues to send.

    REQUIRE(engine.start(talker.leg.id, plan_to(second.port()), true));
    REQUIRE(until(second, [&] { return second.heard() > 0; }));
    const auto received = engine.statistics(talker.leg.id)->packets_received;
    REQUIRE(until(second, [&] { return engine.statistics(talker.leg.id)->packets_received > received; }));
    REQUIRE(until(second, [&] { return is_refused(talker.leg.rtp_port); }));

    // The peer is silent. Therefore the leg unties its socket.
    REQUIRE(wait_until([&] { return !is_refused(talker.leg.rtp_port); }));
    CHECK(engine.statistics(talker.leg.id)->send_failed == 0);
  }
}

TEST_CASE("If a peer disappears and returns on the same port, the leg hears it, although the socket was tied to it") {
  for (const auto path : {media::DatagramPath::Best, media::DatagramPath::Epoll}) {
    CAPTURE(media::to_string(path));
    media::Engine engine(options(1, path));
    Talker talker(engine, 440);
    TickWitness witness(engine);
    std::uint16_t port = 0;
    {
      Caller caller(talker.leg.rtp_port, 1);
      port = caller.port();
      REQUIRE(engine.start(talker.leg.id, plan_to(port)));
      REQUIRE(wait_until([&] {
        caller.say();
        talker.run();
        REQUIRE(witness.see(1));
        return is_refused(talker.leg.rtp_port);
      }));
    }  // The caller's socket is closed. The caller sends nothing, and the kernel tells the tied leg that the port is closed.
    REQUIRE(wait_until([&] { return !is_refused(talker.leg.rtp_port); }));
    const auto again = media::UdpSocket::bind({kLoopback, port});
    REQUIRE(again);
    const auto received = engine.statistics(talker.leg.id)->packets_received;
    std::uint16_t sequence = 1000;
    CHECK(wait_until([&] {
      talker.run();
      static_cast<void>(again->send(rtp_packet(1, sequence++), {kLoopback, talker.leg.rtp_port}));
      return engine.statistics(talker.leg.id)->packets_received > received + 10;
    }));
  }
}

TEST_CASE("If a peer refuses packets but continues to send, the leg hears it without a gap, and does not tie its socket again soon") {
  for (const auto path : {media::DatagramPath::Best, media::DatagramPath::Epoll}) {
    CAPTURE(media::to_string(path));
    media::Engine engine(options(1, path));
    Talker talker(engine, 440);
    TickWitness witness(engine);
    Caller caller(talker.leg.rtp_port, 1);
    const auto somebody = any_socket();
    REQUIRE(engine.start(talker.leg.id, plan_to(caller.port())));
    const auto say = [&] {
      caller.say();
      talker.run();
      REQUIRE(witness.see(1));
    };
    REQUIRE(wait_until([&] {
      say();
      return is_refused(talker.leg.rtp_port);
    }));
    caller.listen_to(somebody);
    REQUIRE(wait_until([&] {
      say();
      return !is_refused(talker.leg.rtp_port);
    }));
    const auto before = *engine.statistics(talker.leg.id);
    constexpr int kTicks = 110;  // This is more than two seconds. After a silence alone, the leg would have tied its socket again by then.
    for (int i = 0; i < kTicks; ++i) say();
    CHECK_FALSE(is_refused(talker.leg.rtp_port));
    CHECK(wait_until([&] { return engine.statistics(talker.leg.id)->packets_received >= before.packets_received + kTicks; }));
    CHECK(engine.statistics(talker.leg.id)->packets_lost == before.packets_lost);
  }
}
