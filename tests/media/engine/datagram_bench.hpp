#pragma once

#include "loopback.hpp"

#include <offhook/media/engine/arrival_clock.hpp>
#include <offhook/media/engine/datagrams.hpp>
#include <offhook/media/engine/leg.hpp>
#include <offhook/media/engine/udp_socket.hpp>
#include <offhook/media/engine/worker.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/telephone_event.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

// Legs with a datagram path on real loopback sockets. The tests drive them like a worker. On loopback, a datagram has arrived when send()
// returns, so that these tests need not wait.
namespace offhook_test {

using namespace offhook;
using namespace std::chrono_literals;

struct RtpSender {
  media::UdpSocket socket = any_socket();
  std::map<std::uint16_t, std::uint16_t> sequences;   // the last sequence number sent to each destination port

  void send(const media::Leg& leg, std::size_t times = 1, std::size_t octets = 160) {
    const std::vector<std::uint8_t> payload(octets, 0xff);
    std::vector<std::uint8_t> datagram(octets + 12);
    auto& sequence = sequences[port_of(leg.rtp)];
    for (std::size_t i = 0; i < times; ++i) {
      rtp::Packet packet;
      packet.sequence = ++sequence;
      packet.timestamp = sequence * 160U;
      packet.ssrc = 7;
      packet.payload = payload;
      REQUIRE(rtp::write_packet(packet, datagram));
      send_raw(leg, datagram);
    }
  }
  /// Sends the last packet again without a change.
  void send_again(const media::Leg& leg) {
    --sequences[port_of(leg.rtp)];
    send(leg);
  }
  void send_event(const media::Leg& leg) {
    const auto payload = rtp::write_telephone_event({.event = 5, .end = true, .duration = 800});
    std::vector<std::uint8_t> datagram(payload.size() + 12);
    rtp::Packet packet;
    packet.payload_type = 101;
    packet.sequence = ++sequences[port_of(leg.rtp)];
    packet.timestamp = packet.sequence / 10 * 1600U;
    packet.ssrc = 7;
    packet.payload = payload;
    REQUIRE(rtp::write_packet(packet, datagram));
    send_raw(leg, datagram);
  }
  void send_raw(const media::Leg& leg, base::Bytes datagram) const { REQUIRE(socket.send(datagram, {kLoopback, port_of(leg.rtp)})); }
};

struct Bench {
  std::string why;
  std::unique_ptr<media::Datagrams> datagrams;
  media::ArrivalClock clock;
  base::TimePoint now = base::Clock::now();

  explicit Bench(media::DatagramPath path) : datagrams(media::make_datagrams(path, why)) {
    if (datagrams) REQUIRE(datagrams->begin());
  }
  explicit Bench(std::unique_ptr<media::Datagrams> made) : datagrams(std::move(made)) { REQUIRE(datagrams->begin()); }
  std::unique_ptr<media::Leg> add(const RtpSender& caller) {
    base::SystemRandom random;
    auto leg = std::make_unique<media::Leg>(media::StreamOptions{10s, "test"}, std::make_shared<media::AudioPort>(), any_socket(), any_socket(), random);
    media::MediaPlan plan;
    plan.remote_rtp = {kLoopback, port_of(caller.socket)};
    plan.remote_rtcp = {kLoopback, 9};
    plan.receive_events = 101;
    REQUIRE(leg->stream.start(plan, media::Stream::make_chain(plan, leg->port->rate_hz), false, base::Clock::now()) == nullptr);
    datagrams->add(*leg);
    return leg;
  }
  void receive(media::Leg& leg) {
    media::Leg* const legs[] = {&leg};
    receive(std::span<media::Leg* const>(legs));
  }
  void receive(const std::vector<std::unique_ptr<media::Leg>>& legs) {
    std::vector<media::Leg*> all;
    for (const auto& leg : legs) all.push_back(leg.get());
    receive(std::span<media::Leg* const>(all));
  }
  void receive(std::span<media::Leg* const> legs) {
    now += media::kTick;
    clock.read(0, now, std::chrono::duration_cast<base::Duration>(std::chrono::system_clock::now().time_since_epoch()));
    datagrams->receive(legs, clock);
  }
  void drop(std::unique_ptr<media::Leg> leg) {
    datagrams->remove(*leg);
    for (int i = 0; i < 100 && !datagrams->is_released(*leg); ++i) receive(*leg);
    REQUIRE(datagrams->is_released(*leg));
  }
};

/// Returns the number of packets with 20 ms of G.711 that the stream received, including the packets of a source that it did not accept yet.
inline std::uint64_t read_of(const media::Leg& leg) { return leg.stream.statistics().bytes_received / 172 + leg.stream.statistics().refused_source; }

/// Runs the test with each datagram path. If the kernel or the container has no io_uring, prints a message about it.
template <class Test>
void with_each_datagram_path(Test test) {
  for (const auto path : {media::DatagramPath::Epoll, media::DatagramPath::Uring}) {
    CAPTURE(media::to_string(path));
    Bench bench(path);
    if (!bench.datagrams) {
      MESSAGE("not tested: " << bench.why);
      REQUIRE(path == media::DatagramPath::Uring);
      continue;
    }
    CHECK(bench.datagrams->path() == path);
    test(bench);
  }
}

}  // namespace offhook_test
