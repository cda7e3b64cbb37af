#include <offhook/media/engine/srtp_path.hpp>

#include "datagram_bench.hpp"
#include "talker.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <utility>
#include <vector>

using namespace offhook_test;

namespace {

rtp::SrtpMasterKey key_of(std::uint8_t octet) {
  const std::vector<std::uint8_t> secret(30, octet);
  return *rtp::SrtpMasterKey::make(rtp::SrtpSuite::AesCm128Sha1_80, secret);
}

/// Returns an order for these keys. The place of a key is its number.
std::unique_ptr<media::SrtpKeyOrder> places(std::size_t sends, std::size_t receives) {
  auto order = std::make_unique<media::SrtpKeyOrder>();
  order->sender = sends;
  order->receiver = receives;
  return order;
}
std::unique_ptr<media::SrtpKeyOrder> keys(std::uint8_t sends, std::uint8_t receives) {
  auto order = places(sends, receives);
  order->senders[sends] = std::make_unique<rtp::SrtpSender>(*rtp::SrtpSender::make(key_of(sends)));
  order->receivers[receives] = std::make_unique<rtp::SrtpReceiver>(*rtp::SrtpReceiver::make(key_of(receives)));
  return order;
}
/// The same as keys(), for an order whose receiver (or sender, in the next function) the path already has.
std::unique_ptr<media::SrtpKeyOrder> new_sender(std::uint8_t sends, std::uint8_t receives) {
  auto order = keys(sends, receives);
  order->receivers = {};
  return order;
}
std::unique_ptr<media::SrtpKeyOrder> new_receiver(std::uint8_t sends, std::uint8_t receives) {
  auto order = keys(sends, receives);
  order->senders = {};
  return order;
}

std::unique_ptr<media::SrtpKeyOrder> plain() { return std::make_unique<media::SrtpKeyOrder>(); }

struct PathAndBox {
  std::shared_ptr<media::SrtpKeyBox> box = std::make_shared<media::SrtpKeyBox>();
  media::SrtpPath path{box};
  base::TimePoint now{};

  /// Returns the verdict on an RTP packet with this sequence number. The packet is plain if `as_is` is true, and is protected with `key` otherwise.
  media::PacketPath::Verdict receive(std::uint16_t sequence, std::uint8_t key, bool as_is = false) {
    auto packet = rtp_packet(7, sequence);
    now += 20ms;
    if (!as_is) {
      auto sender = *rtp::SrtpSender::make(key_of(key));
      const std::size_t size = packet.size();
      packet.resize(size + rtp::kMaxSrtpAddedOctets);
      packet.resize(*sender.protect_rtp(packet, size));
    }
    return path.on_datagram(media::Channel::Rtp, {}, packet, now).verdict;
  }
  /// Protects an RTP packet. Returns its new size, or nullopt if the path does not let the packet pass.
  std::optional<std::size_t> send(std::uint16_t sequence) {
    auto packet = rtp_packet(9, sequence);
    const std::size_t size = packet.size();
    packet.resize(size + media::PacketPath::kMaxAddedOctets);
    return path.protect(media::Channel::Rtp, packet, size);
  }
};

using Verdict = media::PacketPath::Verdict;

}  // namespace

TEST_CASE("SrtpPath lets no packet pass, in either direction, before it gets its first keys") {
  PathAndBox leg;
  CHECK(leg.receive(1, 1) == Verdict::Refused);
  CHECK(leg.receive(1, 1, true) == Verdict::Refused);
  CHECK_FALSE(leg.send(1));
}

TEST_CASE("SrtpPath sends and accepts only packets that are protected with its keys") {
  PathAndBox leg;
  leg.box->put(keys(1, 2));
  CHECK(leg.receive(1, 2) == Verdict::Rtp);
  CHECK(leg.receive(2, 1) == Verdict::Refused);
  CHECK(leg.receive(2, 2, true) == Verdict::Refused);
  const auto size = rtp_packet(9, 1).size();
  CHECK(leg.send(1) == size + 10);
}

TEST_CASE("SrtpPath accepts packets under the former key for five seconds after a new key, and then no more") {
  PathAndBox leg;
  leg.box->put(keys(1, 2));
  CHECK(leg.receive(1, 2) == Verdict::Rtp);
  leg.box->put(new_receiver(1, 3));
  CHECK(leg.receive(2, 3) == Verdict::Rtp);
  CHECK(leg.receive(3, 2) == Verdict::Rtp);
  CHECK(leg.receive(3, 2) == Verdict::Refused);  // A replayed packet.
  CHECK(leg.receive(4, 4) == Verdict::Refused);
  leg.now += media::SrtpPath::kFormerKeyTime;
  leg.path.on_time(leg.now);
  CHECK(leg.receive(5, 2) == Verdict::Refused);
  CHECK(leg.receive(5, 3) == Verdict::Rtp);
}

TEST_CASE("When SrtpPath returns to earlier keys, it uses no part of the keystream twice, and accepts no replayed packet [RFC 3711 section 9.1]") {
  PathAndBox leg;
  leg.box->put(keys(1, 2));
  CHECK(leg.send(1));
  CHECK(leg.receive(1, 2) == Verdict::Rtp);
  leg.box->put(keys(3, 4));
  CHECK(leg.send(2));
  leg.box->put(places(1, 2));
  CHECK_FALSE(leg.send(1));
  CHECK(leg.send(3));
  CHECK(leg.receive(1, 2) == Verdict::Refused);
  CHECK(leg.receive(3, 2) == Verdict::Rtp);
}

TEST_CASE("If only the peer's key is new, SrtpPath keeps its sender") {
  PathAndBox leg;
  leg.box->put(keys(1, 2));
  CHECK(leg.send(1));
  leg.box->put(new_receiver(1, 3));
  CHECK_FALSE(leg.send(1));  // A new sender would protect a packet with this index again.
  CHECK(leg.send(2));
  CHECK(leg.receive(1, 3) == Verdict::Rtp);
}

TEST_CASE("SrtpKeyBox merges keys that the worker has not taken yet into the next ones") {
  PathAndBox leg;
  leg.box->put(keys(1, 2));
  leg.box->put(new_receiver(1, 3));
  CHECK(leg.send(1));
  CHECK(leg.receive(1, 3) == Verdict::Rtp);
  leg.box->put(places(1, 2));
  CHECK(leg.receive(1, 2) == Verdict::Rtp);
}

TEST_CASE("SrtpPath decrypts RTCP that comes to the RTP port") {
  PathAndBox leg;
  leg.box->put(keys(1, 2));
  const std::vector<std::uint8_t> report{0x80, 201, 0, 1, 1, 2, 3, 4};
  auto packet = report;
  packet.resize(report.size() + rtp::kMaxSrtpAddedOctets);
  auto sender = *rtp::SrtpSender::make(key_of(2));
  packet.resize(*sender.protect_rtcp(packet, report.size()));
  const auto received = leg.path.on_datagram(media::Channel::Rtp, {}, packet, leg.now);
  CHECK(received.verdict == Verdict::Rtp);  // The stream itself distinguishes RTCP from RTP.
  CHECK(std::vector<std::uint8_t>(received.packet.begin(), received.packet.end()) == report);
}

TEST_CASE("SrtpPath protects RTCP on the port of RTP as SRTCP [RFC 5761 section 8]") {
  PathAndBox leg;
  leg.box->put(keys(1, 2));
  std::vector<std::uint8_t> report{0x80, 201, 0, 1, 1, 2, 3, 4};
  report.resize(8 + media::PacketPath::kMaxAddedOctets);
  const auto size = leg.path.protect(media::Channel::Rtp, report, 8);
  REQUIRE(size == 8 + 4 + 10);
  report.resize(*size);
  CHECK(rtp::SrtpReceiver::make(key_of(1))->unprotect_rtcp(report));
}

TEST_CASE("SrtpPath lets plain packets pass if the peer does not use SRTP, but never after it got keys") {
  PathAndBox leg;
  leg.box->put(plain());
  CHECK(leg.receive(1, 0, true) == Verdict::Rtp);
  CHECK(leg.send(1) == rtp_packet(9, 1).size());
  leg.box->put(keys(1, 2));
  CHECK(leg.receive(2, 0, true) == Verdict::Refused);
  leg.box->put(plain());
  CHECK(leg.receive(2, 0, true) == Verdict::Refused);
  CHECK(leg.receive(2, 2) == Verdict::Rtp);
  CHECK(leg.send(2) == rtp_packet(9, 2).size() + 10);
}

TEST_CASE("After an order that awaits keys, SrtpPath lets no plain packet pass, and uses the keys that it already has until new keys come") {
  PathAndBox leg;
  const auto awaits = [] {
    auto order = plain();
    order->awaits_keys = true;
    return order;
  };
  leg.box->put(plain());
  CHECK(leg.receive(1, 0, true) == Verdict::Rtp);
  leg.box->put(awaits());
  CHECK(leg.receive(2, 0, true) == Verdict::Refused);
  CHECK_FALSE(leg.send(2));
  leg.box->put(keys(1, 2));
  CHECK(leg.receive(3, 2) == Verdict::Rtp);
  leg.box->put(awaits());
  CHECK(leg.receive(4, 2) == Verdict::Rtp);
  CHECK(leg.send(4));
  leg.box->put(awaits());
  leg.box->put(new_receiver(1, 3));
  CHECK(leg.receive(5, 3) == Verdict::Rtp);
  CHECK(leg.receive(6, 0, true) == Verdict::Refused);
}

TEST_CASE("Two legs of an engine hear each other over SRTP, even after 10,000 forged packets and a new key for one direction [CVE-2021-41105]") {
  for (const auto datagrams : {media::DatagramPath::Best, media::DatagramPath::Epoll}) {
    CAPTURE(media::to_string(datagrams));
    media::Engine engine(options(1, datagrams));
    const auto of_a = std::make_shared<media::SrtpKeyBox>(), of_b = std::make_shared<media::SrtpKeyBox>();
    of_a->put(keys(1, 2));
    of_b->put(keys(2, 1));
    Talker a(engine, 600, 16000, nullptr, std::make_unique<media::SrtpPath>(of_a));
    Talker b(engine, 1500, 16000, nullptr, std::make_unique<media::SrtpPath>(of_b));
    const auto both_hear = [&] {
      a.heard.clear();
      b.heard.clear();
      return wait_until([&] {
        a.run();
        b.run();
        return a.share_of(1500) > 0.97 && b.share_of(600) > 0.97;
      });
    };
    const RtpSender stranger;
    REQUIRE(stranger.socket.send(rtp_packet(7, 1), {kLoopback, a.leg.rtp_port}));
    REQUIRE(engine.start(a.leg.id, plan_to(b.leg.rtp_port)));
    REQUIRE(engine.start(b.leg.id, plan_to(a.leg.rtp_port)));
    CHECK(both_hear());
    CHECK(engine.statistics(a.leg.id)->path_refused == 1);
    for (std::uint16_t i = 0; i < 10'000; ++i) REQUIRE(stranger.socket.send(rtp_packet(7, i), {kLoopback, a.leg.rtp_port}));
    of_a->put(new_sender(3, 2));
    of_b->put(new_receiver(2, 3));
    CHECK(both_hear());
    CHECK(engine.statistics(a.leg.id)->send_failed == 0);
  }
}
