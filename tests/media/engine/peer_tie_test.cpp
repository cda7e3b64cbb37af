#include <offhook/media/engine/peer_tie.hpp>

#include "talker.hpp"

#include <cerrno>

using namespace offhook_test;
using media::PeerTie;

namespace {

base::SocketAddress at(std::uint16_t port) { return {kLoopback, port}; }

/// Looks at `peer` until it asks for something, at most so often; how often.
int looks_until_tied(PeerTie& tie, const base::SocketAddress& peer, int most = 1000) {
  for (int looks = 1; looks <= most; ++looks) {
    if (tie.look(peer) == PeerTie::Wish::Tie) return looks;
  }
  return 0;
}

/// One that calls the leg: a packet every few milliseconds from where it is, and who answers.
class Caller {
 public:
  Caller(std::uint16_t leg, std::uint32_t ssrc) : leg_{kLoopback, leg}, ssrc_(ssrc) {}
  void say() { static_cast<void>(socket_.send(rtp_packet(ssrc_, sequence_++), leg_)); }
  [[nodiscard]] std::uint16_t port() const { return port_of(socket_); }
  /// Packets that came since asked last.
  [[nodiscard]] int heard() const {
    std::array<std::uint8_t, 400> octets;
    int count = 0;
    while (::recv(socket_.fd(), octets.data(), octets.size(), MSG_DONTWAIT) > 0) ++count;
    return count;
  }
  /// It hears nobody but that from now on: the kernel refuses everybody else.
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

/// Whether the kernel refuses what a stranger sends to the port: the leg there is tied to somebody else.
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

TEST_CASE("A socket is tied at the fifth look at the same peer, untied when that is silent or elsewhere, and waits longer after a refusal") {
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

TEST_CASE("Who moves about, or is silent in between, is looked at anew; after a refusal that shortens nothing") {
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

TEST_CASE("What could not be untied yet is asked for at each look, and waits as long as it was to") {
  PeerTie tie;
  CHECK(looks_until_tied(tie, at(1)) == PeerTie::kLooks);
  tie.tied();
  tie.owe_untying(PeerTie::kLooksRefused);
  CHECK(tie.is_tied_to(at(1)));
  CHECK(tie.look(at(1)) == PeerTie::Wish::Untie);
  tie.owe_untying(PeerTie::kLooks);  // As that look's user does.
  CHECK(tie.look(at(1)) == PeerTie::Wish::Untie);
  tie.untied();
  CHECK(looks_until_tied(tie, at(1)) == PeerTie::kLooksRefused);
  tie.tied();
  CHECK(tie.look(at(1)) == PeerTie::Wish::Nothing);
}

TEST_CASE("A port that the system chose is not tied, for it would be lost; one that was asked for comes and goes") {
  const auto peer = any_socket();
  const auto chosen = any_socket();
  CHECK_FALSE(chosen.tie(at(port_of(peer))));
  const std::uint16_t port = port_of(any_socket());  // Free again.
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

TEST_CASE("A socket of IPv6 is not tied: untied, it would go on to refuse everybody else") {
  const auto local = base::IpAddress::parse("::1");
  REQUIRE(local);
  std::uint16_t port = 0;
  {
    const auto any = media::UdpSocket::bind({*local, 0});
    if (!any) {
      MESSAGE("not tested: no IPv6 here");
      return;
    }
    port = port_of(*any);
  }
  const auto asked = media::UdpSocket::bind({*local, port});
  REQUIRE(asked);
  CHECK_FALSE(asked->tie({*local, 9}));
}

TEST_CASE("A leg is tied to a caller who stays; one that a re-INVITE names is heard at once, one that comes after a silence too") {
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
    REQUIRE(until(first, [&] { return first.heard() > 0; }));  // What is sent goes on, tied.

    REQUIRE(engine.start(talker.leg.id, plan_to(second.port()), true));
    REQUIRE(until(second, [&] { return second.heard() > 0; }));
    const auto received = engine.statistics(talker.leg.id)->packets_received;
    REQUIRE(until(second, [&] { return engine.statistics(talker.leg.id)->packets_received > received; }));
    REQUIRE(until(second, [&] { return is_refused(talker.leg.rtp_port); }));

    // The peer is silent: the socket is open again.
    REQUIRE(wait_until([&] { return !is_refused(talker.leg.rtp_port); }));
    CHECK(engine.statistics(talker.leg.id)->send_failed == 0);
  }
}

TEST_CASE("Who is gone and comes back to the same port is heard, though the leg was tied to that") {
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
    }  // Its socket is gone: it is silent, and the kernel says so to whoever is tied to it.
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

TEST_CASE("A peer that refuses what is sent and goes on to speak is heard without a gap, and not tied again soon") {
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
    constexpr int kTicks = 110;  // More than two seconds: who had only been silent would be tied again.
    for (int i = 0; i < kTicks; ++i) say();
    CHECK_FALSE(is_refused(talker.leg.rtp_port));
    CHECK(wait_until([&] { return engine.statistics(talker.leg.id)->packets_received >= before.packets_received + kTicks; }));
    CHECK(engine.statistics(talker.leg.id)->packets_lost == before.packets_lost);
  }
}
