#include <offhook/media/engine/packet_tap.hpp>

#include "datagram_bench.hpp"
#include "tagging_path.hpp"
#include "talker.hpp"

#include <offhook/tests/testkit/wait.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <vector>

using namespace offhook_test;

namespace {

using Octets = std::vector<std::uint8_t>;

Octets with_first(std::size_t size, std::initializer_list<std::uint8_t> first) {
  Octets octets(size, 0x55);
  std::copy(first.begin(), first.end(), octets.begin());
  return octets;
}

/// Returns an RTCP compound of `size` octets: a receiver report without report blocks, but with profile-specific extensions (RFC 3550 section 6.4.3).
Octets report(std::size_t size) { return with_first(size, {0x80, 201, 0, static_cast<std::uint8_t>(size / 4 - 1)}); }

std::vector<media::TappedPacket> all_of(media::PacketTap& tap) {
  std::vector<media::TappedPacket> all;
  media::TappedPacket packet;
  while (tap.try_take(packet)) all.push_back(packet);
  return all;
}

}  // namespace

TEST_CASE("A tap keeps the header of RTP with CSRCs and extension, and none of the audio [RFC 3550 section 5.1]") {
  const auto kept = [](const Octets& datagram) { return media::tapped_octets(datagram, false); };
  CHECK(kept(with_first(172, {0x80, 0})) == 12);
  CHECK(kept(with_first(172, {0x82, 0})) == 20);
  Octets extended = with_first(172, {0x91, 0});
  extended[18] = 0;
  extended[19] = 2;
  CHECK(kept(extended) == 12 + 4 + 4 + 8);
  extended[19] = 27;
  CHECK(kept(extended) == media::TappedPacket::kMaxOctets);
  extended[19] = 28;
  CHECK(kept(extended) == media::TappedPacket::kMaxOctets);
  extended[18] = 0xff;  // A false length of the header extension: the octets after the extension may be audio.
  CHECK(kept(extended) == 12);
  CHECK(kept(Octets(extended.begin(), extended.begin() + 19)) == 12);
  CHECK(kept(with_first(10, {0x80, 0})) == 10);
  CHECK(kept({}) == 0);
}

TEST_CASE("A tap keeps RTCP up to its bound, and only the clear header of protected RTCP [RFC 3711 section 3.4]") {
  CHECK(media::tapped_octets(report(64), false) == 64);
  CHECK(media::tapped_octets(report(128), false) == 128);
  CHECK(media::tapped_octets(report(132), false) == 128);
  CHECK(media::tapped_octets(report(64), true) == 8);
  CHECK(media::tapped_octets(with_first(172, {0x80, 0}), true) == 12);
}

TEST_CASE("A tap keeps no audio of RTP whose second octet looks like RTCP [RFC 5761 section 4]") {
  for (const std::uint8_t marker_and_type : Octets{192, 200, 201, 223}) CHECK(media::tapped_octets(with_first(172, {0x80, marker_and_type}), false) == 8);
}

TEST_CASE("A tap keeps the headers of STUN and DTLS, and neither the digest of a password nor the audio in a channel of TURN [RFC 7983 section 7]") {
  for (const bool is_protected : {false, true}) {
    CHECK(media::tapped_octets(with_first(100, {0x00, 0x01}), is_protected) == 20);
    CHECK(media::tapped_octets(with_first(7, {0x00, 0x01}), is_protected) == 7);
    CHECK(media::tapped_octets(with_first(100, {0x16, 0xfe}), is_protected) == 25);
    CHECK(media::tapped_octets(with_first(15, {0x15, 0xfe}), is_protected) == 15);
    CHECK(media::tapped_octets(with_first(176, {0x40, 0x00}), is_protected) == 4);
    CHECK(media::tapped_octets(with_first(172, {0x10}), is_protected) == 4);
    CHECK(media::tapped_octets(with_first(172, {0xff}), is_protected) == 4);
  }
}

TEST_CASE("A tap keeps no audio that comes to the port of RTCP") {
  with_each_datagram_path([](Bench& bench) {
    const auto tap = std::make_unique<media::PacketTap>();
    RtpSender caller;
    auto leg = bench.add(caller);
    bench.datagrams->set_tap(tap.get());
    REQUIRE(caller.socket.send(with_first(172, {0x80, 0}), {kLoopback, port_of(leg->rtcp)}));
    bench.receive(*leg);
    const auto tapped = all_of(*tap);
    REQUIRE(tapped.size() == 1);
    CHECK(tapped[0].kept == 12);
    bench.datagrams->set_tap(nullptr);
    bench.drop(std::move(leg));
  });
}

TEST_CASE("A full tap drops packets, and counts them") {
  const auto tap = std::make_unique<media::PacketTap>();
  for (std::size_t i = 0; i < media::PacketTap::kPackets; ++i) tap->put({});
  CHECK(tap->dropped() == 0);
  tap->put({});
  CHECK(tap->dropped() == 1);
  CHECK(all_of(*tap).size() == media::PacketTap::kPackets);
}

TEST_CASE("The taps of an engine give the packets of all workers, and the sum of the dropped ones") {
  media::PacketTaps taps;
  media::TappedPacket packet;
  CHECK_FALSE(taps.try_take(packet));
  media::PacketTap &one = taps.add(), &other = taps.add();
  packet.size = 5;
  other.put(packet);
  packet = {};
  REQUIRE(taps.try_take(packet));
  CHECK(packet.size == 5);
  CHECK_FALSE(taps.try_take(packet));
  for (std::size_t i = 0; i < media::PacketTap::kPackets + 2; ++i) one.put({});
  CHECK(taps.dropped() == 2);
}

TEST_CASE("A datagram path taps each received and each sent datagram once, with both addresses and its whole size") {
  with_each_datagram_path([](Bench& bench) {
    const auto tap = std::make_unique<media::PacketTap>();
    RtpSender caller;
    auto leg = bench.add(caller);
    leg->local = {kLoopback, 40000};
    caller.send(*leg, 2);
    bench.receive(*leg);  // Nothing is captured yet.
    bench.datagrams->set_tap(tap.get());
    caller.send(*leg, 2);
    bench.receive(*leg);
    media::Sendout out;
    for (const auto channel : {media::Channel::Rtp, media::Channel::Rtcp}) {
      media::Datagram* const datagram = out.next();
      datagram->channel = channel;
      datagram->to = {kLoopback, port_of(caller.socket)};
      datagram->size = 60;
      const Octets octets = channel == media::Channel::Rtp ? with_first(60, {0x80, 0}) : report(60);
      std::copy(octets.begin(), octets.end(), datagram->octets.begin());
      out.keep();
    }
    bench.datagrams->send(*leg, out);
    const auto tapped = all_of(*tap);
    REQUIRE(tapped.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(tapped[i].is_sent == (i >= 2));
      CHECK(tapped[i].local == base::SocketAddress{kLoopback, static_cast<std::uint16_t>(i == 3 ? 40001 : 40000)});
      CHECK(tapped[i].remote == base::SocketAddress{kLoopback, port_of(caller.socket)});
      CHECK(tapped[i].size == (i < 2 ? 172 : 60));
      CHECK(tapped[i].kept == (i < 3 ? 12 : 60));
    }
    CHECK(tapped[0].octets[3] == 3);  // The sequence number.
    CHECK(tapped[1].octets[3] == 4);
    bench.datagrams->set_tap(nullptr);
    bench.drop(std::move(leg));
  });
}

TEST_CASE("A tap sees the packets of a leg with a path as they are on the wire, and the path's own datagrams") {
  with_each_datagram_path([](Bench& bench) {
    const auto tap = std::make_unique<media::PacketTap>();
    RtpSender caller;
    auto leg = bench.add(caller);
    leg->path = std::make_unique<TaggingPath>();
    bench.datagrams->set_tap(tap.get());
    caller.send_raw(*leg, octets_of(TaggingPath::kProbe));
    bench.receive(*leg);
    bench.datagrams->run_path(*leg, bench.now);
    media::Sendout out;
    media::Datagram* const datagram = out.next();
    datagram->channel = media::Channel::Rtcp;
    datagram->to = {kLoopback, port_of(caller.socket)};
    datagram->size = 60;
    datagram->octets[0] = 0x80;
    datagram->octets[1] = 200;
    out.keep();
    bench.datagrams->send(*leg, out);
    const auto tapped = all_of(*tap);
    REQUIRE(tapped.size() == 3);
    CHECK(tapped[0].size == TaggingPath::kProbe.size());
    CHECK(tapped[1].size == TaggingPath::kReply.size());
    CHECK(tapped[1].is_sent);
    CHECK(tapped[2].size == 60 + TaggingPath::kTag.size());
    CHECK(tapped[2].kept == 8);
    bench.datagrams->set_tap(nullptr);
    bench.drop(std::move(leg));
  });
}

TEST_CASE("A tap gets a relayed packet when it comes and when it leaves, the second time with its new header") {
  with_each_datagram_path([](Bench& bench) {
    const auto tap = std::make_unique<media::PacketTap>();
    RtpSender ann, bob;
    auto one = bench.add(ann), other = bench.add(bob);
    for (media::Leg* const leg : {one.get(), other.get()}) leg->stream.take(std::make_unique<rtp::Translator>());
    media::Stream::join(one->stream, other->stream, base::Clock::now());
    one->relayed_with = other.get();
    other->relayed_with = one.get();
    bench.datagrams->set_tap(tap.get());
    ann.send(*one, 1);
    bench.receive(*one);
    const auto tapped = all_of(*tap);
    REQUIRE(tapped.size() == 2);
    CHECK_FALSE(tapped[0].is_sent);
    CHECK(tapped[1].is_sent);
    CHECK(tapped[1].remote == base::SocketAddress{kLoopback, port_of(bob.socket)});
    CHECK(tapped[1].size == 172);
    CHECK(tapped[1].kept == 12);
    bench.datagrams->flush();
    media::ReceiveBatch batch;
    batch.receive(bob.socket.fd());
    REQUIRE(batch.size() == 1);
    CHECK(std::equal(batch.bytes(0).begin(), batch.bytes(0).begin() + 12, tapped[1].octets.begin()));
    bench.datagrams->set_tap(nullptr);
    one->stream.part(base::Clock::now());
    one->relayed_with = other->relayed_with = nullptr;
    bench.drop(std::move(one));
    bench.drop(std::move(other));
  });
}

TEST_CASE("The taps of an engine give the packets of the legs of all workers, with the local address of each leg") {
  media::EngineOptions options;
  options.workers = 2;
  options.taps = std::make_shared<media::PacketTaps>();
  media::Engine engine(options);
  Talker ann(engine, 440), bob(engine, 660);
  media::MediaPlan plan;
  plan.remote_rtp = {kLoopback, bob.leg.rtp_port};
  plan.remote_rtcp = {kLoopback, static_cast<std::uint16_t>(bob.leg.rtp_port + 1)};
  REQUIRE(engine.start(ann.leg.id, plan));
  plan.remote_rtp.port = ann.leg.rtp_port;
  plan.remote_rtcp.port = static_cast<std::uint16_t>(ann.leg.rtp_port + 1);
  REQUIRE(engine.start(bob.leg.id, plan));
  bool from_ann = false, to_ann = false;
  media::TappedPacket packet;
  CHECK(offhook_test::wait_until([&] {
    while (options.taps->try_take(packet)) {
      if (packet.local.port != ann.leg.rtp_port || packet.remote.port != bob.leg.rtp_port) continue;
      (packet.is_sent ? from_ann : to_ann) = true;
    }
    return from_ann && to_ann;
  }));
}
