#include "datagram_bench.hpp"

#include <offhook/media/engine/datagrams.hpp>

#include <offhook/media/engine/udp_socket.hpp>
#include <offhook/media/engine/uring_datagrams.hpp>
#include <offhook/rtp/packet.hpp>

#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

// Tests of both datagram paths.
using namespace offhook_test;

namespace {

void allow_descriptors(rlim_t wanted) {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(wanted, limit.rlim_max));
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

/// Acts like io_uring on a kernel without memory for requests, while `takes` is false.
struct ReluctantUring : media::UringDatagrams {
  bool takes = true;
  void enter(bool all) override {
    if (takes) media::UringDatagrams::enter(all);
  }
};

}  // namespace

TEST_CASE("make_datagrams with DatagramPath::Best returns one of the two paths, and the reason if this path is not io_uring") {
  std::string why;
  const auto best = media::make_datagrams(media::DatagramPath::Best, why);
  REQUIRE(best);
  CHECK((best->path() == media::DatagramPath::Uring) == why.empty());
  CHECK(media::make_datagrams(media::DatagramPath::Epoll, why)->path() == media::DatagramPath::Epoll);
}

TEST_CASE("Each datagram path reads each datagram exactly once") {
  with_each_datagram_path([](Bench& bench) {
    RtpSender first;
    auto leg = bench.add(first);
    bench.receive(*leg);
    for (int tick = 0; tick < 50; ++tick) {
      first.send(*leg, 2);
      bench.receive(*leg);
    }
    CHECK(read_of(*leg) == 100);
    CHECK(leg->stream.statistics().source == base::SocketAddress{kLoopback, port_of(first.socket)});
    bench.receive(*leg);
    CHECK(read_of(*leg) == 100);
    bench.drop(std::move(leg));
  });
}

TEST_CASE("Duplicate packets and the end packets of a digit do not delay the audio behind them by a tick, with each datagram path") {
  with_each_datagram_path([](Bench& bench) {
    RtpSender caller;
    auto leg = bench.add(caller);
    std::uint64_t sent = 0;
    const auto tick_with = [&](std::size_t packets) {
      caller.send(*leg, packets);
      sent += packets;
      bench.receive(*leg);
    };
    for (int round = 0; round < 20; ++round) {  // The rounds cover each of the ticks between two full reads.
      for (int tick = 0; tick < 3; ++tick) tick_with(1);
      caller.send(*leg);
      caller.send_again(*leg);
      sent += 2;
      bench.receive(*leg);
      tick_with(1);
      CHECK(read_of(*leg) == sent);
    }
    const auto audio = leg->stream.statistics().packets_received;
    for (int round = 0; round < 20; ++round) {
      for (int tick = 0; tick < 3; ++tick) tick_with(1);
      for (int i = 0; i < 3; ++i) caller.send_event(*leg);
      bench.receive(*leg);
      tick_with(1);
    }
    CHECK(leg->stream.statistics().packets_received - audio == 20 * 7);
    bench.drop(std::move(leg));
  });
}

TEST_CASE("If more datagrams come at once than there are buffers, each datagram path reads all of them, for each leg") {
  with_each_datagram_path([](Bench& bench) {
    constexpr std::size_t kLegs = 24, kEach = 60;  // These are 1,440 datagrams for 1,024 buffers. A socket holds about 90 datagrams by default.
    RtpSender caller;
    std::vector<std::unique_ptr<media::Leg>> legs;
    for (std::size_t i = 0; i < kLegs; ++i) legs.push_back(bench.add(caller));
    bench.receive(legs);
    for (std::uint64_t round = 1; round <= 3; ++round) {
      for (const auto& leg : legs) caller.send(*leg, kEach);
      bench.receive(legs);
      for (const auto& leg : legs) CHECK(read_of(*leg) == kEach * round);
    }
    for (auto& leg : legs) bench.drop(std::move(leg));
  });
}

TEST_CASE("A datagram path reads a flooded leg up to a limit in each tick, continues in the next tick, and delays no other leg") {
  with_each_datagram_path([](Bench& bench) {
    RtpSender one, other;
    std::vector<std::unique_ptr<media::Leg>> legs;
    legs.push_back(bench.add(one));
    legs.push_back(bench.add(other));
    bench.receive(legs);
    std::uint64_t before = 0;
    for (std::uint64_t round = 1; round <= 5; ++round) {
      for (int i = 0; i < 20; ++i) one.send(*legs[0], 80);  // This is more than the socket holds.
      other.send(*legs[1]);
      bench.receive(legs);
      const auto now = read_of(*legs[0]);
      CHECK(now >= before + 64);
      CHECK(now <= before + 64 + 64);  // This includes the datagrams that the kernel had read before it was told to stop.
      before = now;
      CHECK(read_of(*legs[1]) == round);
    }
    for (auto& leg : legs) bench.drop(std::move(leg));
  });
}

TEST_CASE("A datagram path reads a flood of RTCP up to a limit in each tick, continues in the next tick, and still reads the audio") {
  with_each_datagram_path([](Bench& bench) {
    RtpSender caller;
    std::vector<std::unique_ptr<media::Leg>> legs;
    legs.push_back(bench.add(caller));
    bench.receive(legs);
    const std::vector<std::uint8_t> rubbish(8, 0x80);
    std::uint64_t before = 0;
    for (std::uint64_t round = 1; round <= 3; ++round) {
      for (int i = 0; i < 1000; ++i) REQUIRE(caller.socket.send(rubbish, {kLoopback, port_of(legs[0]->rtcp)}));
      caller.send(*legs[0]);
      bench.receive(legs);
      const auto now = legs[0]->stream.statistics().malformed;
      CHECK(now > before);
      CHECK(now <= before + 128);  // This includes the datagrams that the kernel had read before it was told to stop.
      before = now;
      CHECK(read_of(*legs[0]) == round);
    }
    for (auto& leg : legs) bench.drop(std::move(leg));
  });
}

TEST_CASE("A datagram path reads RTCP once per phase, even if the phase reads its legs in several parts") {
  with_each_datagram_path([](Bench& bench) {
    RtpSender caller;
    auto leg = bench.add(caller);
    bench.receive(*leg);
    const std::vector<std::uint8_t> rubbish(8, 0x80);
    for (int i = 0; i < 150; ++i) REQUIRE(caller.socket.send(rubbish, {kLoopback, port_of(leg->rtcp)}));
    bench.receive(*leg);
    const auto once = leg->stream.statistics().malformed;
    CHECK(once > 0);
    media::Leg* const legs[] = {leg.get()};
    for (int piece = 1; piece < 8; ++piece) bench.datagrams->receive(legs, bench.clock);
    if (bench.datagrams->path() == media::DatagramPath::Epoll) CHECK(leg->stream.statistics().malformed == once);
    CHECK(leg->stream.statistics().malformed <= 128);
    bench.drop(std::move(leg));
  });
}

TEST_CASE("A datagram of the maximum size is read completely, and a larger datagram counts as malformed") {
  with_each_datagram_path([](Bench& bench) {
    const std::size_t most = media::ReceiveBatch::kMaxOctets;
    RtpSender caller;
    auto leg = bench.add(caller);
    bench.receive(*leg);
    caller.send_raw(*leg, std::vector<std::uint8_t>(most, 0x80));
    bench.receive(*leg);
    CHECK(leg->stream.statistics().malformed == 0);
    caller.send_raw(*leg, std::vector<std::uint8_t>(most + 1, 0x80));
    bench.receive(*leg);
    CHECK(leg->stream.statistics().malformed == 1);
    bench.drop(std::move(leg));
  });
}

TEST_CASE("Datagrams that are empty, tiny or truncated are counted, and stop nothing") {
  with_each_datagram_path([](Bench& bench) {
    RtpSender caller;
    auto leg = bench.add(caller);
    bench.receive(*leg);
    caller.send_raw(*leg, {});
    caller.send_raw(*leg, std::vector<std::uint8_t>{0x80});
    caller.send_raw(*leg, std::vector<std::uint8_t>(4000, 0x80));
    bench.receive(*leg);
    CHECK(leg->stream.statistics().malformed == 3);
    caller.send(*leg, 2);
    bench.receive(*leg);
    CHECK(read_of(*leg) == 2);
    bench.drop(std::move(leg));
  });
}

TEST_CASE("flush() sends all datagrams in order from the leg's own ports, and the leg counts the datagrams that the kernel refuses") {
  with_each_datagram_path([](Bench& bench) {
    RtpSender caller;
    auto leg = bench.add(caller);
    media::Sendout out;
    for (std::uint8_t i = 0; i < 4; ++i) {
      auto* const datagram = out.next();
      REQUIRE(datagram != nullptr);
      datagram->channel = i == 3 ? media::Channel::Rtcp : media::Channel::Rtp;
      datagram->to = {kLoopback, port_of(caller.socket)};
      if (i == 2) datagram->to = {base::IpAddress::v6({0x20, 0x01}), 9};  // An IPv4 socket refuses this address.
      datagram->size = 20;
      datagram->octets[0] = i;
      out.keep();
    }
    bench.datagrams->send(*leg, out);
    bench.datagrams->flush();
    bench.receive(*leg);  // The io_uring path reports the refusal here.
    media::ReceiveBatch batch;
    batch.receive(caller.socket.fd());
    REQUIRE(batch.size() == 3);
    for (const std::size_t i : {0U, 1U, 2U}) {
      CHECK(batch.bytes(i).size() == 20);
      CHECK(batch.bytes(i)[0] == (i == 2 ? 3 : i));
      CHECK(batch.from(i).port == (i == 2 ? port_of(leg->rtcp) : port_of(leg->rtp)));
    }
    CHECK(leg->send_failed == 1);
    bench.drop(std::move(leg));
  });
}

TEST_CASE("flush() sends all datagrams even if one submission cannot hold them") {
  with_each_datagram_path([](Bench& bench) {
    RtpSender caller;
    const int room = 8 << 20;
    REQUIRE(::setsockopt(caller.socket.fd(), SOL_SOCKET, SO_RCVBUF, &room, sizeof room) == 0);
    auto leg = bench.add(caller);
    media::ReceiveBatch batch;
    std::size_t arrived = 0;
    for (std::size_t sent = 0; sent < 1000; ++sent) {
      media::Sendout out;
      out.next()->to = {kLoopback, port_of(caller.socket)};
      out.next()->size = 12;
      out.keep();
      bench.datagrams->send(*leg, out);
      if (sent % 100 != 99) continue;
      bench.datagrams->flush();
      do arrived += (batch.receive(caller.socket.fd()), batch.size());
      while (batch.size() > 0);
    }
    CHECK(arrived == 1000);
    CHECK(leg->send_failed == 0);
    bench.drop(std::move(leg));
  });
}

TEST_CASE("The audio of relayed legs is read and sent in every phase, until the legs are parted") {
  with_each_datagram_path([](Bench& bench) {
    RtpSender ann, bob;
    auto a = bench.add(ann), b = bench.add(bob);
    for (media::Leg* const leg : {a.get(), b.get()}) leg->stream.take(std::make_unique<rtp::Translator>());
    media::Stream::join(a->stream, b->stream, base::Clock::now());
    a->relayed_with = b.get();
    b->relayed_with = a.get();
    for (media::Leg* const leg : {a.get(), b.get()}) bench.datagrams->watch_audio(*leg);
    const auto pass = [&] {
      ann.send(*a, 3);
      bob.send(*b, 2);
      bench.receive(std::span<media::Leg* const>());
      bench.datagrams->flush();
    };
    media::ReceiveBatch batch;
    for (int i = 0; i < 3; ++i) {
      pass();
      batch.receive(bob.socket.fd());
      CHECK(batch.size() == 3);
      batch.receive(ann.socket.fd());
      CHECK(batch.size() == 2);
    }
    CHECK(b->stream.statistics().packets_passed == 9);
    CHECK(a->send_failed + b->send_failed == 0);
    for (media::Leg* const leg : {a.get(), b.get()}) bench.datagrams->unwatch_audio(*leg);
    a->stream.part(base::Clock::now());
    a->relayed_with = b->relayed_with = nullptr;
    pass();
    bench.receive(*a);
    CHECK(read_of(*a) == 12);
    batch.receive(bob.socket.fd());
    CHECK(batch.size() == 0);
    bench.drop(std::move(a));
    bench.drop(std::move(b));
  });
}

TEST_CASE("A datagram path no longer reads a removed leg. The leg's ports are free, and another leg can take its place") {
  with_each_datagram_path([](Bench& bench) {
    RtpSender caller;
    std::uint16_t port = 0;
    for (int round = 0; round < 20; ++round) {
      if (port != 0) CHECK(media::UdpSocket::bind({kLoopback, port}).has_value());  // The ports of the previous leg are free without delay.
      auto leg = bench.add(caller);
      caller.send(*leg, 3);
      bench.receive(*leg);
      CHECK(read_of(*leg) == 3);
      port = port_of(leg->rtp);
      caller.send(*leg, 3);  // The leg has not read these packets when it is removed.
      bench.drop(std::move(leg));
    }
  });
}

TEST_CASE("If the kernel did not accept a datagram of a removed leg, the datagram does not leave through the next leg's socket") {
  auto uring = std::make_unique<ReluctantUring>();
  if (uring->refusal() != 0) return skip("this kernel or container has no io_uring");
  ReluctantUring& kernel = *uring;
  Bench bench(std::move(uring));
  RtpSender caller;
  auto gone = bench.add(caller);
  const std::vector<std::uint8_t> rubbish(8, 0x80);  // So much RTCP pauses its reading for a tick. Then no read request must be cancelled.
  for (int i = 0; i < 200; ++i) REQUIRE(caller.socket.send(rubbish, {kLoopback, port_of(gone->rtcp)}));
  for (int i = 0; i < 3; ++i) {
    bench.now -= media::kTick;
    bench.receive(*gone);
  }
  const auto from = port_of(gone->rtp);
  kernel.takes = false;
  media::Sendout out;
  out.next()->to = {kLoopback, port_of(caller.socket)};
  out.next()->size = 12;
  out.keep();
  bench.datagrams->send(*gone, out);
  bench.datagrams->remove(*gone);
  CHECK_FALSE(bench.datagrams->is_released(*gone));
  auto next = bench.add(caller);
  CHECK(next->uring_place != gone->uring_place);
  kernel.takes = true;
  bench.datagrams->flush();
  CHECK(bench.datagrams->is_released(*gone));
  media::ReceiveBatch batch;
  batch.receive(caller.socket.fd());
  for (std::size_t i = 0; i < batch.size(); ++i) CHECK(batch.from(i).port == from);
  bench.drop(std::move(next));
}

TEST_CASE("A datagram path reads each of a thousand legs in every tick") {
  allow_descriptors(2500);
  with_each_datagram_path([](Bench& bench) {
    RtpSender caller;
    constexpr std::size_t kLegs = 1000;
    std::vector<std::unique_ptr<media::Leg>> legs;
    for (std::size_t i = 0; i < kLegs; ++i) legs.push_back(bench.add(caller));
    for (std::uint64_t tick = 1; tick <= 3; ++tick) {
      for (const auto& leg : legs) caller.send(*leg);
      bench.receive(legs);
      std::size_t heard = 0;
      for (const auto& leg : legs) heard += read_of(*leg) == tick ? 1 : 0;
      CHECK(heard == kLegs);
    }
    for (auto& leg : legs) bench.drop(std::move(leg));
  });
}

TEST_CASE("A leg that is removed and added again loses no datagram: the leg has read it, or it waits in the socket") {
  with_each_datagram_path([](Bench& bench) {
    RtpSender caller;
    const auto leg = bench.add(caller);
    std::uint64_t sent = 0;
    const auto send = [&](std::size_t times) {
      caller.send(*leg, times);
      sent += times;
    };
    for (int round = 0; round < 20; ++round) {
      send(5);
      if (round % 2 == 0) bench.receive(*leg);
      send(3);  // The kernel has already read these packets when the test calls remove().
      bench.datagrams->remove(*leg);
      send(2);
      for (int i = 0; i < 100 && !bench.datagrams->is_released(*leg); ++i) bench.receive(std::span<media::Leg* const>());
      REQUIRE(bench.datagrams->is_released(*leg));
      send(2);
      bench.datagrams->add(*leg);
      for (int i = 0; i < 3; ++i) bench.receive(*leg);
      CHECK(read_of(*leg) == sent);
    }
    bench.datagrams->remove(*leg);
    for (int i = 0; i < 100 && !bench.datagrams->is_released(*leg); ++i) bench.receive(std::span<media::Leg* const>());
  });
}
