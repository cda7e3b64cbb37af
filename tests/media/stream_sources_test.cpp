// Whom a stream hears, whom it sends to, and when it misses its peer.
#include "stream_call.hpp"

using namespace offhook_test;

TEST_CASE("Packets that come before start() are dropped") {
  Call call;
  for (std::uint16_t sequence = 0; sequence < 9; ++sequence) {
    call.b.stream->on_packet(media::Channel::Rtp, kA, Call::packet(7, sequence, 0), call.now());
  }
  call.run(2);
  CHECK(call.b.stream->statistics().packets_received == 0);
  CHECK(call.b.sent.empty());
  CHECK(call.b.heard.empty());
}

TEST_CASE("A stream that must not receive hears nothing, and misses nobody") {
  Call call;
  call.a_says = sine(600, 8000, 20);
  call.begin();
  auto deaf = call.towards(call.a);
  deaf.receive = false;
  call.b.stream->start(deaf, nullptr, false, call.now());
  call.run(100);
  for (const auto& frame : call.b.frames) CHECK(frame.level_dbov == -127);
  call.a_is_heard = false;
  call.run(600);
  CHECK(call.b.count(EventKind::MediaLost) == 0);
}

TEST_CASE("Media that stops is reported once after the limit, and once more when it is back") {
  Call call;
  call.begin();
  call.run(100);
  CHECK(call.b.count(EventKind::MediaStarted) == 1);
  call.a_is_heard = false;
  call.run(499);
  CHECK(call.b.count(EventKind::MediaLost) == 0);
  call.run(100);
  REQUIRE(call.b.count(EventKind::MediaLost) == 1);
  CHECK(call.b.first(EventKind::MediaLost)->duration_ms >= 10000);
  CHECK(call.b.first(EventKind::MediaLost)->duration_ms <= 10020);
  CHECK(call.b.count(EventKind::MediaBack) == 0);
  call.a_is_heard = true;
  call.run(50);
  CHECK(call.b.count(EventKind::MediaBack) == 1);
  CHECK(call.b.count(EventKind::MediaLost) == 1);
  CHECK(call.b.count(EventKind::MediaStarted) == 1);
}

TEST_CASE("Media that never comes is reported lost, counted from the start") {
  Call call;
  call.a_is_heard = false;
  call.begin();
  call.run(499);
  CHECK(call.b.events.empty());
  call.run(2);
  CHECK(call.b.count(EventKind::MediaLost) == 1);
  CHECK(call.b.count(EventKind::MediaStarted) == 0);
}

TEST_CASE("A stranger is neither heard nor followed, however much it sends, and is counted") {
  Call call;
  call.begin();
  call.run(50);
  std::uint16_t sequence = 0;
  call.run(100, [&] {
    for (int i = 0; i < 3; ++i) {
      const auto datagram = Call::packet(0xBAD, sequence++, 0, 0x02);
      call.b.stream->on_packet(media::Channel::Rtp, kStranger, datagram, call.now());
    }
  });
  CHECK(call.b.stream->statistics().refused_source == 300);
  CHECK(call.b.stream->statistics().source == kA);
  for (const auto& frame : call.b.frames) CHECK(frame.level_dbov < -60);
  for (const auto& datagram : call.b.sent) CHECK(datagram.to.ip == kA.ip);
}

TEST_CASE("Without an address in the SDP nothing is sent until a source has proved itself, then it goes there") {
  Call call;
  auto blind = call.plan;
  Call::start(call.b, blind, call.now());
  for (std::uint16_t sequence = 0; sequence < 3; ++sequence, call.run(1)) {
    call.b.stream->on_packet(media::Channel::Rtp, kStranger, Call::packet(7, sequence, 0), call.now());
  }
  CHECK(call.b.sent.empty());
  call.b.stream->on_packet(media::Channel::Rtp, kStranger, Call::packet(7, 3, 0), call.now());
  call.run(1);
  REQUIRE(call.b.sent.size() == 1);
  CHECK(call.b.sent[0].to == kStranger);
  CHECK(call.b.stream->statistics().source == kStranger);
}

TEST_CASE("After a re-INVITE the new source is followed; without one the old one stays") {
  Call call;
  call.begin();
  call.run(20);
  const auto moved = at("198.51.100.4", 7000);
  auto plan = call.towards(call.a);
  plan.remote_rtp = moved;
  plan.remote_rtcp = next_port(moved);
  call.b.stream->start(plan, nullptr, false, call.now());
  call.b.sent.clear();
  call.run(1);
  REQUIRE(call.b.sent.size() == 1);
  CHECK(call.b.sent[0].to == moved);
  call.b.stream->on_packet(media::Channel::Rtp, moved, Call::packet(9, 1, 0), call.now());
  CHECK(call.b.stream->statistics().source == moved);
}

TEST_CASE("Rubbish is counted by its kind and proves nobody's identity") {
  Call call;
  call.begin();
  const std::vector<std::uint8_t> rubbish{1, 2, 3};
  call.b.stream->on_packet(media::Channel::Rtp, kA, rubbish, call.now());
  call.b.stream->on_packet(media::Channel::Rtp, kA, {}, call.now());
  call.b.stream->on_packet(media::Channel::Rtcp, next_port(kA), rubbish, call.now());
  for (std::uint16_t sequence = 0; sequence < 9; ++sequence) {
    call.b.stream->on_packet(media::Channel::Rtp, kStranger, Call::packet(7, sequence, 96), call.now());
  }
  const auto statistics = call.b.stream->statistics();
  CHECK(statistics.malformed == 3);
  CHECK(statistics.refused_payload == 9);
  CHECK_FALSE(statistics.source);
}
