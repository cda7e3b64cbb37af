#include "driven_buffer.hpp"

#include <offhook/tests/testkit/sample.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;

using Buffer = test::DrivenBuffer;

static_assert(sizeof(rtp::JitterBuffer) <= 24 * 1024, "one process has thousands of jitter buffers");

TEST_CASE_FIXTURE(Buffer, "The buffer plays silence before the first packet and during the start delay, and then frames without a gap") {
  CHECK(tick().kind == rtp::Pull::Kind::Silence);
  const auto kinds = run(0, 20);
  CHECK(kinds[0] == rtp::Pull::Kind::Silence);
  CHECK(kinds[1] == rtp::Pull::Kind::Frame);   // 40 ms after the first packet.
  CHECK(std::count(kinds.begin(), kinds.end(), rtp::Pull::Kind::Frame) == 19);
  CHECK(counts().concealed == 0);
}

TEST_CASE_FIXTURE(Buffer, "Only the first frame of a stream has the restart flag") {
  put(0, 0);
  CHECK(tick().kind == rtp::Pull::Kind::Silence);
  put(1, 160);
  const auto first = tick();
  CHECK(first.kind == rtp::Pull::Kind::Frame);
  CHECK(first.restart);
  CHECK_FALSE(first.seam);
  CHECK(first.timestamp == 0);
  const auto second = tick();
  CHECK(second.kind == rtp::Pull::Kind::Frame);
  CHECK_FALSE(second.restart);
}

TEST_CASE_FIXTURE(Buffer, "The buffer conceals a lost packet once, and then continues the playout") {
  (void)run(0, 10);
  put(11, 11 * 160);
  now += 20ms;
  (void)pull();
  std::vector<rtp::Pull::Kind> kinds;
  for (std::uint16_t i = 12; i < 20; ++i) {
    put(i, i * 160u);
    kinds.push_back(tick().kind);
  }
  CHECK(std::count(kinds.begin(), kinds.end(), rtp::Pull::Kind::Conceal) == 1);
  CHECK(counts().concealed == 1);
}

TEST_CASE_FIXTURE(Buffer, "The buffer plays reordered packets in order, and counts late and duplicate ones") {
  (void)run(0, 10);
  put(11, 11 * 160);
  put(10, 10 * 160);
  put(10, 10 * 160);
  (void)tick();
  CHECK(counts().reordered == 1);
  CHECK(counts().duplicate == 1);
  CHECK(counts().concealed == 0);
  (void)run(13, 10);
  put(12, 12 * 160);
  (void)tick();
  CHECK(counts().late == 1);
  put(2, 2 * 160);  // The buffer has already played this packet, so the packet counts as a duplicate.
  put(12, 12 * 160);
  (void)tick();
  CHECK(counts().late == 1);
  CHECK(counts().duplicate == 3);
}

TEST_CASE_FIXTURE(Buffer, "Copies take no space in the ring: with five copies of each packet, the buffer still plays all packets after an outage of 1.2 s") {
  (void)run(0, 50);
  for (int i = 0; i < 60; ++i) (void)tick();
  for (std::uint16_t i = 50; i < 110; ++i) {
    for (int copies = 0; copies < 5; ++copies) CHECK(put(i, i * 160u));
  }
  (void)run(110, 100);
  CHECK(counts().duplicate == 60 * 4);
  CHECK(counts().overflowed + counts().inbox_full + counts().late == 0);
  for (int i = 0; i < 80; ++i) (void)tick();
  CHECK(counts().frames == 210);
}

TEST_CASE_FIXTURE(Buffer, "A packet counts as a copy only if its number is among the last kRememberedPackets") {
  constexpr auto kBack = static_cast<std::uint16_t>(rtp::kRememberedPackets);
  for (std::uint16_t i = 0; i <= kBack; ++i) put(i, i * 4u, 4);
  put(1, 4, 4);
  CHECK(counts().duplicate == 1);
  CHECK(counts().packets == 0);  // put() found the copy before the ticking thread read any packet.
  put(0, 0, 4);
  (void)pull();
  CHECK(counts().packets == kBack + 2);
}

TEST_CASE_FIXTURE(Buffer, "Packets of a restarted sender or of another SSRC do not count as copies") {
  (void)run(10, 50);
  for (std::uint16_t i = 10; i < 20; ++i) put(i, 0x40000000u + i * 160u);
  CHECK(counts().duplicate == 0);
  ++ssrc;
  for (std::uint16_t i = 10; i < 20; ++i) put(i, 0x40000000u + i * 160u);
  CHECK(counts().duplicate == 0);
}

TEST_CASE("Packets of 10 to 60 ms come out as whole ticks") {
  for (const std::uint32_t size : {80u, 160u, 240u, 320u, 400u, 480u}) {
    CAPTURE(size);
    Buffer b;
    std::uint32_t sent = 0;
    std::uint16_t sequence = 0;
    std::optional<std::uint32_t> next;
    int frames = 0;
    for (int t = 0; t < 300; ++t) {
      b.now += 20ms;
      while (sent + size <= static_cast<std::uint32_t>(t + 1) * 160) {
        b.put(sequence++, sent, size);
        sent += size;
      }
      const auto pull = b.pull();
      if (pull.kind == rtp::Pull::Kind::Frame) {
        if (next) CHECK(pull.timestamp == *next);
        next = pull.timestamp + 160;
        ++frames;
      }
    }
    CHECK(b.counts().concealed == 0);
    CHECK(frames >= 294);
  }
}

TEST_CASE_FIXTURE(Buffer, "The playout continues without a gap when sequence numbers and timestamps wrap") {
  std::uint32_t timestamp = 0xFFFFFFFF - 5 * 160 + 1;
  for (int i = 0; i < 20; ++i) {
    put(static_cast<std::uint16_t>(65530 + i), timestamp);
    timestamp += 160;
    (void)tick();
  }
  CHECK(counts().frames == 19);
  CHECK(counts().resets == 0);
  CHECK(counts().concealed == 0);
}

TEST_CASE_FIXTURE(Buffer, "The buffer plays all packets of 80 to 200 ms in order, even with 100 ms of jitter [RFC 3551 section 4.2]") {
  for (const std::size_t size : {640u, 641u, 960u, 1280u, 1600u}) {
    CAPTURE(size);
    buffer = std::make_unique<rtp::JitterBuffer>();
    waiting = 0;
    const auto begun = now;
    std::uint16_t sent = 0;
    std::size_t frames = 0;
    for (int ticks = 0; ticks < 1000; ++ticks) {
      // Each packet leaves when its last sample exists. Every third packet takes 100 ms longer.
      for (;;) {
        const auto leaves = begun + std::chrono::microseconds(125) * static_cast<std::int64_t>(size * (sent + 1u));
        if (leaves + (sent % 3 == 2 ? 100ms : 0ms) > now) break;
        CHECK(put(sent, static_cast<std::uint32_t>(sent * size), size));
        ++sent;
      }
      frames += tick().kind == rtp::Pull::Kind::Frame;
    }
    CHECK(counts().inbox_full == 0);
    CHECK(counts().overflowed == 0);
    CHECK(counts().refused_payload == 0);
    CHECK(frames > 950);
  }
}

TEST_CASE_FIXTURE(Buffer, "A tick contains audio of one payload type only") {
  put(0, 0, 160, 0);
  put(1, 160, 80, 0);
  put(2, 240, 80, 8);
  put(3, 320, 160, 8);
  std::vector<rtp::Pull> pulls;
  do pulls.push_back(tick());
  while (pulls.back().kind == rtp::Pull::Kind::Silence);
  CHECK(pulls.back().payload_type == 0);
  CHECK(tick().kind == rtp::Pull::Kind::Conceal);
  const auto frame = tick();
  CHECK(frame.kind == rtp::Pull::Kind::Frame);
  CHECK(frame.payload_type == 8);
}

TEST_CASE_FIXTURE(Buffer, "If the last packet ends with half a tick, this remainder does not block the buffer") {
  (void)run(0, 10);
  put(10, 1600, 80);
  for (int i = 0; i < 30; ++i) (void)tick();
  CHECK(tick().kind == rtp::Pull::Kind::Silence);
  CHECK(buffer->buffered_packets() == 0);
  CHECK(counts().concealed <= rtp::kMaxConcealed / rtp::kUnitsPerTick);
}

TEST_CASE_FIXTURE(Buffer, "A long packet that ends after a later short packet leaves no remainder in the buffer [found by fuzzing]") {
  (void)run(0, 10);
  put(10, 1600, 150);
  put(11, 1620, 20);
  for (int i = 0; i < 30; ++i) (void)tick();
  CHECK(buffer->buffered_packets() == 0);
  CHECK(tick().kind == rtp::Pull::Kind::Silence);
}

TEST_CASE_FIXTURE(Buffer, "reset() clears the stream and the inbox, and keeps the counters") {
  (void)run(0, 10);
  put(10, 1600);
  const auto before = counts().packets;
  buffer->reset();
  CHECK(tick().kind == rtp::Pull::Kind::Silence);
  CHECK(counts().packets == before);
}

TEST_CASE_FIXTURE(Buffer, "If decoded samples wait, the buffer conceals only the rest of the tick, so that the tick has 20 ms and the next frame follows without a gap") {
  (void)run(0, 50);
  waiting = 60;     // Like after a stretch.
  (void)tick();     // This tick plays the last packet in the buffer.
  CHECK(waiting == 60);
  CHECK(tick().kind == rtp::Pull::Kind::Conceal);
  CHECK(waiting == 0);
  CHECK(counts().concealed_samples == 100);
  put(51, 51 * 160);
  CHECK(tick().kind == rtp::Pull::Kind::Frame);
  CHECK(waiting == 60);
  CHECK(counts().concealed_samples == 160);
}

TEST_CASE_FIXTURE(Buffer, "Concealment after the end of its fade-out counts as silent concealment") {
  (void)run(0, 50);
  for (int i = 0; i < 20; ++i) (void)tick();
  CHECK(counts().concealed_samples == static_cast<std::uint64_t>(rtp::kMaxConcealed));
  CHECK(counts().silent_concealed_samples == static_cast<std::uint64_t>(rtp::kMaxConcealed - rtp::kConcealmentFades));
}

TEST_CASE_FIXTURE(Buffer, "Consecutive concealed ticks count as one concealment event, and concealment after new audio counts as another") {
  (void)run(0, 50);
  CHECK(counts().concealment_events == 0);
  (void)run(53, 20);
  CHECK(counts().concealed >= 3);
  CHECK(counts().concealment_events == 1);
  (void)run(74, 20);
  CHECK(counts().concealment_events == 2);
}

TEST_CASE("put() on one thread and pull() on another deliver intact packets [design: wait-free inbox]") {
  auto buffer = std::make_unique<rtp::JitterBuffer>();
  const auto origin = base::TimePoint{} + 1000s;
  const int packets = static_cast<int>(10'000 / offhook_test::sample_step(4));  // All of them in `./dev test --full`.
  constexpr int kAhead = 8;   // The writing thread is at most this many packets ahead of the reading thread.
  std::atomic<int> put{0}, pulled{0};
  std::thread receiver([&] {
    std::vector<std::uint8_t> payload(160);
    for (int i = 0; i < packets; ++i) {
      while (i > pulled.load(std::memory_order_acquire) + kAhead) std::this_thread::yield();
      for (std::size_t k = 0; k < payload.size(); ++k)
        payload[k] = Buffer::octet_at(static_cast<std::uint32_t>(i * 160) + static_cast<std::uint32_t>(k));
      (void)buffer->put({.sequence = static_cast<std::uint16_t>(i),
                         .timestamp = static_cast<std::uint32_t>(i) * 160,
                         .ssrc = 1,
                         .payload = payload},
                        origin + i * 20ms);
      put.store(i + 1, std::memory_order_release);
    }
  });
  int torn = 0, frames = 0;
  for (int t = 0; t < packets; ++t) {
    while (put.load(std::memory_order_acquire) <= t) {
      (void)buffer->statistics();
      std::this_thread::yield();
    }
    const auto pull = buffer->pull(origin + t * 20ms);
    pulled.store(t, std::memory_order_release);
    if (pull.kind != rtp::Pull::Kind::Frame) continue;
    ++frames;
    for (std::uint32_t i = 0; i < 160; ++i) torn += pull.payload[i] != Buffer::octet_at(pull.timestamp + i);
  }
  receiver.join();
  CHECK(torn == 0);
  CHECK(frames > packets * 9 / 10);
}
