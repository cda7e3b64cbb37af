#include <offhook/media/engine/packet_path.hpp>

#include "datagram_bench.hpp"
#include "tagging_path.hpp"
#include "talker.hpp"

#include <offhook/rtp/rtcp.hpp>

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <utility>
#include <vector>

using namespace offhook_test;

namespace {

/// A leg with a packet path, and the telephone that calls it.
struct TaggedLeg {
  explicit TaggedLeg(Bench& the_bench) : bench(the_bench), leg(bench.add(caller)) {
    auto made = std::make_unique<TaggingPath>(counts);
    path = made.get();
    leg->path = std::move(made);
  }
  ~TaggedLeg() { bench.drop(std::move(leg)); }
  TaggedLeg(const TaggedLeg&) = delete;
  TaggedLeg& operator=(const TaggedLeg&) = delete;

  /// Returns the datagrams that the caller received since the previous at_caller().
  std::vector<std::vector<std::uint8_t>> at_caller() {
    bench.datagrams->flush();
    media::ReceiveBatch batch;
    batch.receive(caller.socket.fd());
    std::vector<std::vector<std::uint8_t>> all;
    for (std::size_t i = 0; i < batch.size(); ++i) all.emplace_back(batch.bytes(i).begin(), batch.bytes(i).end());
    return all;
  }

  Bench& bench;
  RtpSender caller;
  std::shared_ptr<PathCounts> counts = std::make_shared<PathCounts>();
  std::unique_ptr<media::Leg> leg;
  TaggingPath* path = nullptr;
};

std::vector<std::uint8_t> receiver_report(std::uint32_t ssrc) {
  std::vector<std::uint8_t> octets(100);
  rtp::CompoundWriter writer(octets);
  writer.receiver_report({.ssrc = ssrc, .blocks = {}});
  writer.cname(ssrc, "test");
  octets.resize(writer.finish().value());
  return octets;
}

}  // namespace

TEST_CASE("A packet path removes the protection of RTP packets. The leg counts the packets that the path refuses") {
  with_each_datagram_path([](Bench& bench) {
    TaggedLeg tagged(bench);
    for (std::uint16_t i = 1; i <= 3; ++i) tagged.caller.send_raw(*tagged.leg, TaggingPath::tagged(rtp_packet(7, i)));
    tagged.caller.send_raw(*tagged.leg, rtp_packet(7, 4));
    tagged.caller.send_raw(*tagged.leg, TaggingPath::tagged(rtp_packet(7, 4)));
    bench.receive(*tagged.leg);
    CHECK(read_of(*tagged.leg) == 4);
    CHECK(tagged.leg->stream.statistics().malformed == 0);
    CHECK(tagged.leg->path_refused == 1);
    CHECK(tagged.counts->rtp == 4);
  });
}

TEST_CASE("A packet path passes RTCP to the stream, whether it comes to the RTP socket or the RTCP socket") {
  with_each_datagram_path([](Bench& bench) {
    TaggedLeg tagged(bench);
    const auto report = TaggingPath::tagged(receiver_report(8));
    tagged.caller.send_raw(*tagged.leg, report);
    REQUIRE(tagged.caller.socket.send(report, {kLoopback, port_of(tagged.leg->rtcp)}));
    REQUIRE(tagged.caller.socket.send(receiver_report(8), {kLoopback, port_of(tagged.leg->rtcp)}));
    bench.receive(*tagged.leg);
    CHECK(tagged.counts->rtcp == 2);
    CHECK(tagged.leg->stream.statistics().refused_source == 2);  // The stream reads both reports, and does not know their source.
    CHECK(tagged.leg->path_refused == 1);
  });
}

TEST_CASE("A packet path protects RTP and RTCP before they leave. If it refuses to protect a packet, the leg does not send the packet and counts it") {
  with_each_datagram_path([](Bench& bench) {
    TaggedLeg tagged(bench);
    media::Sendout out;
    for (const auto channel : {media::Channel::Rtp, media::Channel::Rtcp}) {
      media::Datagram* const datagram = out.next();
      datagram->channel = channel;
      datagram->to = {kLoopback, port_of(tagged.caller.socket)};
      datagram->size = channel == media::Channel::Rtp ? media::kMaxDatagramOctets : 20;
      datagram->octets.fill(9);
      out.keep();
    }
    bench.datagrams->send(*tagged.leg, out);
    const auto got = tagged.at_caller();
    REQUIRE(got.size() == 2);
    for (const auto& datagram : got) CHECK(TaggingPath::is_tagged(datagram));
    CHECK(got[0].size() + got[1].size() == media::kMaxDatagramOctets + 20 + 2 * TaggingPath::kTag.size());
    CHECK(tagged.counts->protected_rtp == 1);
    CHECK(tagged.counts->protected_rtcp == 1);
    tagged.path->protects = false;
    bench.datagrams->send(*tagged.leg, out);
    CHECK(tagged.at_caller().empty());
    CHECK(tagged.leg->send_failed == 2);
  });
}

TEST_CASE("A packet path consumes its own datagrams. In the next tick, the leg sends the datagrams of the path without protection") {
  with_each_datagram_path([](Bench& bench) {
    TaggedLeg tagged(bench);
    const RtpSender stranger;
    tagged.caller.send_raw(*tagged.leg, octets_of(TaggingPath::kProbe));
    bench.receive(*tagged.leg);
    CHECK(tagged.at_caller().empty());
    bench.datagrams->run_path(*tagged.leg, bench.now);
    const auto got = tagged.at_caller();
    REQUIRE(got.size() == 1);
    CHECK(got[0] == octets_of(TaggingPath::kReply));
    bench.datagrams->run_path(*tagged.leg, bench.now);
    CHECK(tagged.at_caller().empty());
    CHECK(tagged.counts->ticks == 2);
    CHECK(tagged.leg->path_refused == 0);
    CHECK(tagged.leg->stream.statistics().malformed == 0);
  });
}

TEST_CASE("In one tick a leg sends kMaxOwnDatagrams datagrams of its path, and later ticks send the others. The leg counts a datagram that is too long") {
  with_each_datagram_path([](Bench& bench) {
    TaggedLeg tagged(bench);
    tagged.path->own_to = {kLoopback, port_of(tagged.caller.socket)};
    tagged.path->own.assign(static_cast<std::size_t>(media::PacketPath::kMaxOwnDatagrams) + 1, octets_of("own"));
    bench.datagrams->run_path(*tagged.leg, bench.now);
    CHECK(tagged.path->own.size() == 1);
    CHECK(tagged.leg->send_failed == 0);
    bench.datagrams->run_path(*tagged.leg, bench.now);
    CHECK(tagged.path->own.empty());

    const auto before = tagged.leg->send_failed;
    tagged.path->own = {std::vector<std::uint8_t>(media::PacketPath::kMaxOctets), std::vector<std::uint8_t>(media::PacketPath::kMaxOctets + 1)};
    bench.datagrams->run_path(*tagged.leg, bench.now);
    CHECK(tagged.path->own.empty());
    CHECK(tagged.leg->send_failed == before + 1);

    media::Sendout out;
    media::Datagram* const datagram = out.next();
    datagram->to = {kLoopback, port_of(tagged.caller.socket)};
    datagram->size = 20;
    out.keep();
    tagged.path->added = media::PacketPath::kMaxOctets - 20 + 1;
    bench.datagrams->send(*tagged.leg, out);
    CHECK(tagged.leg->send_failed == before + 2);
  });
}

TEST_CASE("A relayed packet leaves through the other leg with the protection of that leg") {
  with_each_datagram_path([](Bench& bench) {
    RtpSender plain_caller;
    auto plain = bench.add(plain_caller);
    {
      TaggedLeg tagged(bench);
      for (media::Leg* const leg : {plain.get(), tagged.leg.get()}) leg->stream.take(std::make_unique<rtp::Translator>());
      media::Stream::join(plain->stream, tagged.leg->stream, base::Clock::now());
      plain->relayed_with = tagged.leg.get();
      tagged.leg->relayed_with = plain.get();
      plain_caller.send(*plain, 3, rtp::kMaxPassedOctets - rtp::kFixedHeaderOctets);
      bench.receive(*plain);
      const auto got = tagged.at_caller();
      REQUIRE(got.size() == 3);
      for (const auto& datagram : got) {
        CHECK(TaggingPath::is_tagged(datagram));
        CHECK(datagram.size() == rtp::kMaxPassedOctets + TaggingPath::kTag.size());
      }
      plain->stream.part(base::Clock::now());
      plain->relayed_with = tagged.leg->relayed_with = nullptr;
    }
    bench.drop(std::move(plain));
  });
}

TEST_CASE("Two legs talk through packet paths. The paths get the time in each tick, and answer a probe from any host before and during the call") {
  for (const auto datagrams : {media::DatagramPath::Best, media::DatagramPath::Epoll}) {
    CAPTURE(media::to_string(datagrams));
    media::Engine engine(options(1, datagrams));
    const auto of_a = std::make_shared<PathCounts>(), of_b = std::make_shared<PathCounts>();
    Talker a(engine, 600, 16000, nullptr, std::make_unique<TaggingPath>(of_a));
    Talker b(engine, 1500, 16000, nullptr, std::make_unique<TaggingPath>(of_b));
    const RtpSender stranger;
    const auto is_answered = [&] {
      REQUIRE(stranger.socket.send(octets_of(TaggingPath::kProbe), {kLoopback, a.leg.rtp_port}));
      media::ReceiveBatch batch;
      return wait_until([&] {
        batch.receive(stranger.socket.fd());
        return batch.size() == 1;
      });
    };
    CHECK(is_answered());  // The stream has not started yet.
    CHECK(of_a->ticks > 0);
    REQUIRE(engine.start(a.leg.id, plan_to(b.leg.rtp_port)));
    REQUIRE(engine.start(b.leg.id, plan_to(a.leg.rtp_port)));
    CHECK(wait_until([&] {
      a.run();
      b.run();
      return a.share_of(1500) > 0.97 && b.share_of(600) > 0.97 && of_a->protected_rtcp > 0 && of_b->protected_rtcp > 0;
    }));
    CHECK(is_answered());  // Without a packet path, the kernel would now refuse this sender, because the socket would be tied to the peer.
    CHECK(of_a->rtp > 50);
    REQUIRE(stranger.socket.send(rtp_packet(7, 1), {kLoopback, a.leg.rtp_port}));
    CHECK(wait_until([&] { return engine.statistics(a.leg.id)->path_refused == 1; }));
    CHECK(engine.statistics(a.leg.id)->refused_source == 0);
  }
}
