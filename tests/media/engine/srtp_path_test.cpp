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

std::unique_ptr<media::SrtpKeyOrder> keys(std::uint8_t sends, std::uint8_t receives) {
  auto order = std::make_unique<media::SrtpKeyOrder>();
  order->sender = std::make_unique<rtp::SrtpSender>(*rtp::SrtpSender::make(key_of(sends)));
  order->receiver = std::make_unique<rtp::SrtpReceiver>(*rtp::SrtpReceiver::make(key_of(receives)));
  return order;
}

std::unique_ptr<media::SrtpKeyOrder> plain() {
  auto order = std::make_unique<media::SrtpKeyOrder>();
  order->passes_plain = true;
  return order;
}

struct PathAndBox {
  std::shared_ptr<media::SrtpKeyBox> box = std::make_shared<media::SrtpKeyBox>();
  media::SrtpPath path{box};
  base::TimePoint now{};

  /// Returns the verdict on an RTP packet with this sequence number. The packet is plain if `as_is` is true, and is protected with `key` otherwise.
  media::PacketPath::Verdict receive(std::uint16_t sequence, std::uint8_t key, bool as_is = false) {
    auto packet = rtp_packet(7, sequence);
    if (!as_is) {
      auto sender = *rtp::SrtpSender::make(key_of(key));
      const std::size_t size = packet.size();
      packet.resize(size + rtp::kMaxSrtpAddedOctets);
      packet.resize(*sender.protect_rtp(packet, size));
    }
    return path.on_datagram(media::Channel::Rtp, {}, packet, now).verdict;
  }
  /// Returns the size of a protected RTP packet that is to be sent, or nullopt if the path does not let it pass.
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

TEST_CASE("SrtpPath sends and accepts only packets that are protected with the latest keys") {
  PathAndBox leg;
  leg.box->put(keys(1, 2));
  CHECK(leg.receive(1, 2) == Verdict::Rtp);
  CHECK(leg.receive(2, 1) == Verdict::Refused);
  CHECK(leg.receive(2, 2, true) == Verdict::Refused);
  const auto size = rtp_packet(9, 1).size();
  CHECK(leg.send(1) == size + 10);
  leg.box->put(keys(1, 3));
  CHECK(leg.receive(2, 2) == Verdict::Refused);
  CHECK(leg.receive(2, 3) == Verdict::Rtp);
}

TEST_CASE("If new keys have no sender, SrtpPath keeps its present sender, so that no part of the keystream is used twice") {
  PathAndBox leg;
  leg.box->put(keys(1, 2));
  CHECK(leg.send(1));
  auto order = keys(1, 3);
  order->sender.reset();
  leg.box->put(std::move(order));
  CHECK_FALSE(leg.send(1));  // A new sender would protect a packet with this index again.
  CHECK(leg.send(2));
  CHECK(leg.receive(1, 3) == Verdict::Rtp);
}

TEST_CASE("SrtpKeyBox merges keys that the worker has not taken yet into the next ones") {
  PathAndBox leg;
  leg.box->put(keys(1, 2));
  auto order = keys(1, 3);
  order->sender.reset();
  leg.box->put(std::move(order));
  CHECK(leg.send(1));
  CHECK(leg.receive(1, 3) == Verdict::Rtp);
}

TEST_CASE("SrtpPath lets plain packets pass if the peer does not use SRTP, but never after it has got keys") {
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

TEST_CASE("Two legs of an engine hear each other over SRTP, also after 10,000 forged packets and a new key for one direction [CVE-2021-41105]") {
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
    auto change = keys(3, 2);
    change->receiver.reset();
    of_a->put(std::move(change));
    auto other = keys(2, 3);
    other->sender.reset();
    of_b->put(std::move(other));
    CHECK(both_hear());
    CHECK(engine.statistics(a.leg.id)->send_failed == 0);
  }
}
