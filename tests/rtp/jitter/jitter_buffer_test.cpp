#include "driven_buffer.hpp"

#include <offhook/base/random.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
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

TEST_CASE_FIXTURE(Buffer, "When the packets stop, the buffer conceals 100 ms and then plays silence. When they start again, it loses only the first packet") {
  (void)run(0, 10);
  std::vector<rtp::Pull::Kind> kinds;
  for (int i = 0; i < 20; ++i) kinds.push_back(tick().kind);
  CHECK(std::count(kinds.begin(), kinds.end(), rtp::Pull::Kind::Conceal) == rtp::kMaxConcealed / rtp::kUnitsPerTick);
  CHECK(kinds.back() == rtp::Pull::Kind::Silence);
  const auto before = counts().frames;
  now += 10s;                                   // A hold, during which the sender's timestamps did not advance.
  kinds = run(10, 40);
  CHECK(kinds.front() == rtp::Pull::Kind::Silence);
  CHECK(counts().frames - before >= 36);        // The buffer loses the first packet, which only announces the jump. The start delay takes two ticks.
}

TEST_CASE_FIXTURE(Buffer, "A talk pause counts as silence, not as loss, and the first packet after it is not clipped [RFC 3551 section 4.1]") {
  (void)run(0, 50);
  for (int i = 0; i < 100; ++i) (void)tick();
  const auto concealed = counts().concealed;
  const auto frames = counts().frames;
  std::optional<std::uint32_t> first;
  for (std::uint32_t i = 0; i < 20; ++i) {
    put(static_cast<std::uint16_t>(50 + i), (150 + i) * 160);
    const auto pull = tick();
    if (pull.kind == rtp::Pull::Kind::Frame && !first) first = pull.timestamp;
  }
  CHECK(first == 150u * 160);
  CHECK(counts().concealed == concealed);
  CHECK(counts().resets == 0);
  CHECK(counts().frames - frames >= 17);
}

TEST_CASE_FIXTURE(Buffer, "A pause of three ticks without a gap in the sequence numbers loses no frame before or after it") {
  (void)run(0, 20);
  for (int i = 0; i < 3; ++i) (void)tick();
  for (int i = 20; i < 40; ++i) {
    put(static_cast<std::uint16_t>(i), static_cast<std::uint32_t>(i + 3) * 160);
    (void)tick();
  }
  for (int i = 0; i < 3; ++i) (void)tick();
  CHECK(counts().frames == 40);
}

TEST_CASE_FIXTURE(Buffer, "The buffer restarts at once when a packet with another SSRC arrives") {
  (void)run(0, 10);
  ssrc = 2;
  const auto kinds = run(1000, 10, 0x80000000);
  CHECK(counts().resets == 1);
  CHECK(counts().suspect == 0);  // After a jump of the timestamps alone, the buffer would suspect the first packet.
  CHECK(std::count(kinds.begin(), kinds.end(), rtp::Pull::Kind::Frame) >= 8);
}

TEST_CASE_FIXTURE(Buffer, "The buffer follows a jump of the timestamps when the next packet confirms it, and drops a single stray packet [RFC 3550 appendix A.1]") {
  (void)run(0, 10);
  put(500, 0x70000000);
  const auto kinds = run(10, 10);
  CHECK(counts().suspect == 1);
  CHECK(counts().resets == 0);
  CHECK(std::count(kinds.begin(), kinds.end(), rtp::Pull::Kind::Frame) == 10);
  (void)run(20, 10, 0x40000000);
  CHECK(counts().suspect == 2);
  CHECK(counts().resets == 1);
}

TEST_CASE_FIXTURE(Buffer, "The buffer holds kMaxBufferedPackets packets. When one more packet arrives, the buffer drops the oldest one") {
  for (std::uint16_t i = 0; i < rtp::kMaxBufferedPackets; ++i) {
    put(i, i * 4u, 4);                  // Each packet lasts 0.5 ms. Together they last less than the start delay, so the buffer plays none of them.
    if (i % 16 == 15) (void)pull();
  }
  CHECK(buffer->buffered_packets() == rtp::kMaxBufferedPackets);
  CHECK(counts().overflowed == 0);
  put(rtp::kMaxBufferedPackets, rtp::kMaxBufferedPackets * 4u, 4);
  (void)pull();
  CHECK(buffer->buffered_packets() == rtp::kMaxBufferedPackets);
  CHECK(counts().overflowed == 1);
}

namespace {
constexpr std::size_t kRecord = 160 + 24;   // octets of a packet in the ring: its payload and the record header
}

TEST_CASE_FIXTURE(Buffer, "put() accepts packets of kRingOctets octets together between two ticks, and refuses and counts the next packet") {
  std::uint16_t i = 0;
  for (; i < rtp::kRingOctets / kRecord; ++i) CHECK(put(i, i * 160u));
  CHECK_FALSE(put(i, i * 160u));
  CHECK(counts().inbox_full == 1);
  (void)pull();
  (void)pull();
  CHECK(put(i, i * 160u));
}

TEST_CASE_FIXTURE(Buffer, "If more than kRingOctets octets arrive between two ticks, put_or_push_out() drops the oldest packets, never the newest ones") {
  (void)run(0, 50);
  for (int i = 0; i < 110; ++i) (void)tick();
  const auto put_all = [this](std::uint16_t first, std::uint16_t last) {
    for (std::uint16_t i = first; i < last; ++i) {
      std::vector<std::uint8_t> octets(160);
      for (std::uint32_t k = 0; k < 160; ++k) octets[k] = octet_at(i * 160u + k);
      CHECK(buffer->put_or_push_out({.payload_type = 0, .sequence = i, .timestamp = i * 160u, .ssrc = ssrc, .payload = octets}, now));
      REQUIRE(buffer->is_consistent());
    }
  };
  put_all(50, 160);                                                              // These packets last 2.2 s.
  CHECK(counts().inbox_full == 0);
  (void)tick();
  CHECK(counts().overflowed == 110 - rtp::kMaxBufferedPackets);
  CHECK(buffer->buffered_packets() >= rtp::kMaxBufferedPackets - 1);
  const auto frames = counts().frames;
  for (int i = 0; i < 70; ++i) (void)tick();
  CHECK(counts().frames - frames >= rtp::kMaxBufferedPackets - 1);
}

TEST_CASE_FIXTURE(Buffer, "The buffer drops its oldest packet if the buffered packets would otherwise leave less than kInboxOctets of the ring free") {
  constexpr std::size_t kSize = 320, kLarge = kSize + 24;  // So large that the bound of octets applies before that of packets.
  constexpr std::size_t kHeld = (rtp::kRingOctets - rtp::kInboxOctets + 24) / kLarge;
  static_assert(kHeld < rtp::kMaxBufferedPackets);
  for (int round = 0; round < 10; ++round) {
    const auto overflowed = counts().overflowed;
    std::uint16_t i = 0;
    for (; i < kHeld; ++i) CHECK(put(i, i * 4u, kSize));   // 0.5 ms apart: together they last less than the start delay, so the buffer plays none.
    (void)pull();
    CHECK(buffer->buffered_packets() >= kHeld - 1);  // The last octets of the ring may stay unused.
    CHECK(counts().overflowed <= overflowed + 1);
    CHECK(put(i, i * 4u, kSize));
    (void)pull();
    CHECK(buffer->buffered_packets() <= kHeld);
    CHECK(counts().overflowed >= overflowed + 1);
    std::size_t taken = 0;
    for (++i; put(i, i * 4u, kSize); ++i) ++taken;
    CHECK(taken >= rtp::kInboxOctets / kLarge - 1);
    ++ssrc;
    buffer->reset();
    CHECK(buffer->buffered_packets() == 0);
  }
}

TEST_CASE_FIXTURE(Buffer, "put() accepts payloads of kMaxPayloadOctets, and refuses empty and longer ones") {
  CHECK(put(0, 0, rtp::kMaxPayloadOctets));
  CHECK_FALSE(put(1, 480, rtp::kMaxPayloadOctets + 1));
  CHECK_FALSE(put(2, 480, 0));
  CHECK(counts().refused_payload == 2);
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

TEST_CASE_FIXTURE(Buffer, "A stall increases the delay by the concealed time. With steady packets, stretching alone reduces the delay again") {
  stretches = true;
  (void)run(0, 100);
  const auto before = counts();
  for (int i = 0; i < 4; ++i) (void)tick();      // A stall of 80 ms.
  for (std::uint16_t i = 100; i < 104; ++i) put(i, i * 160u);
  (void)run(104, 5);                             // All delayed packets have arrived.
  const auto after = counts();
  CHECK(after.concealed_samples >= before.concealed_samples + 480);   // The delay before the stall may cover one of the four ticks.
  CHECK(after.delay_ms >= before.delay_ms + 50);
  (void)run(109, 1500);
  CHECK(counts().delay_ms <= 40);
  CHECK(counts().removed_samples_for_acceleration >= 60 * 8);
  CHECK(counts().late == 0);
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

TEST_CASE_FIXTURE(Buffer, "A new delay profile changes the target delay at once and the delay gradually. The buffer keeps the delay statistics") {
  stretches = true;
  // 3 % of the packets are delayed, by at most 60 ms. The call profile waits for them, the recogniser profile does not.
  const auto stalls = [this](std::uint16_t first, int count) {
    for (int i = 0; i < count; ++i) {
      for (int late = i % 100 == 3 ? 3 : 0; i % 100 >= 3 && late >= 0; --late) {
        const auto sequence = static_cast<std::uint16_t>(first + i - late);
        put(sequence, sequence * 160U);
      }
      (void)tick();
    }
  };
  stalls(0, 3000);
  const auto as_call = counts();
  CHECK(as_call.target_ms >= 60);
  CHECK(as_call.delay_ms >= 60);
  buffer->set_profile(rtp::kRecogniserProfile);
  const auto as_machine = counts();
  CHECK(as_machine.target_ms <= 20);
  CHECK(as_machine.delay_ms == as_call.delay_ms);
  (void)run(3000, 100);
  CHECK(counts().delay_ms <= 30);
  CHECK(counts().removed_samples_for_acceleration > as_machine.removed_samples_for_acceleration);
  CHECK(counts().concealed_samples == as_machine.concealed_samples);
  buffer->set_profile(rtp::kCallProfile);
  CHECK(counts().target_ms >= 60);
  (void)run(3100, 100);
  CHECK(counts().delay_ms >= 60);
  CHECK(counts().late == as_machine.late);
}

TEST_CASE_FIXTURE(Buffer, "Before the first statistics, the target delay is the start value of the profile") {
  CHECK(counts().target_ms == 40);
  buffer->set_profile(rtp::kRecogniserProfile);
  CHECK(counts().target_ms == 20);
}

TEST_CASE_FIXTURE(Buffer, "The buffer counts the delay and the emitted samples as the WebRTC statistics define them") {
  (void)run(0, 200);
  const auto before = counts();
  (void)run(200, 100);
  const auto after = counts();
  const auto emitted = after.jitter_buffer_emitted_count - before.jitter_buffer_emitted_count;
  CHECK(emitted == 100 * 160);
  CHECK((after.jitter_buffer_delay - before.jitter_buffer_delay) / emitted == 8 * after.delay_ms);
}

TEST_CASE_FIXTURE(Buffer, "After a comfort noise packet the buffer plays silence until the next audio [RFC 3389 section 4]") {
  (void)run(0, 50);
  const std::array<std::uint8_t, 3> noise{61, 1, 2};
  CHECK(buffer->put({.payload_type = 13, .sequence = 50, .timestamp = 50 * 160, .ssrc = ssrc, .payload = noise}, now,
                    rtp::PacketContent::ComfortNoise));
  const auto frames = counts().frames;
  std::vector<rtp::Pull> pulls;
  for (int i = 0; i < 100; ++i) pulls.push_back(tick());
  CHECK(counts().frames <= frames + 2);
  CHECK(counts().concealed == 0);
  CHECK(pulls[10].kind == rtp::Pull::Kind::Silence);
  CHECK(pulls[99].kind == rtp::Pull::Kind::Silence);
  std::optional<std::uint32_t> first;
  for (std::uint32_t i = 0; i < 20; ++i) {
    put(static_cast<std::uint16_t>(51 + i), (150 + i) * 160);
    const auto pull = tick();
    if (pull.kind == rtp::Pull::Kind::Frame && !first) first = pull.timestamp;
  }
  CHECK(first == 150u * 160);
  CHECK(counts().concealed == 0);
  CHECK(tick().kind == rtp::Pull::Kind::Frame);
}

TEST_CASE_FIXTURE(Buffer, "The buffer plays silence and no concealment after a talk spurt that ends with half a tick before comfort noise") {
  (void)run(0, 50);
  put(50, 50 * 160, 80);
  const std::array<std::uint8_t, 1> noise{70};
  (void)buffer->put({.payload_type = 13, .sequence = 51, .timestamp = 50 * 160 + 80, .ssrc = ssrc, .payload = noise}, now,
                    rtp::PacketContent::ComfortNoise);
  for (int i = 0; i < 50; ++i) (void)tick();
  CHECK(counts().concealed == 0);
  CHECK(tick().kind == rtp::Pull::Kind::Silence);
}

TEST_CASE_FIXTURE(Buffer, "After an outage of 300 to 1200 ms the buffer plays all late packets in order, and the delay shrinks again") {
  stretches = true;
  std::uint16_t next = 0;
  for (const int stalled : {15, 25, 30, 60}) {
    CAPTURE(stalled);
    (void)run(next, 50, 0);
    next = static_cast<std::uint16_t>(next + 50);
    const auto frames = counts().frames;
    const auto buffered = buffer->buffered_packets();
    for (int i = 0; i < stalled; ++i) (void)tick();
    for (int i = 0; i < stalled; ++i, ++next) put(next, next * 160u);
    (void)run(next, 500);
    next = static_cast<std::uint16_t>(next + 500);
    CHECK(counts().frames - frames + buffer->buffered_packets() == static_cast<std::uint64_t>(stalled + 500) + buffered);
    CHECK(counts().delay_ms <= 100);
  }
  CHECK(counts().resets + counts().suspect + counts().late + counts().overflowed + counts().inbox_full == 0);
}

TEST_CASE_FIXTURE(Buffer, "The buffer requests urgent shortening of late audio with the call profile, but not with the recogniser profile") {
  for (const bool machine : {false, true}) {
    ++ssrc;
    waiting = 0;
    buffer->set_profile(machine ? rtp::kRecogniserProfile : rtp::kCallProfile);
    (void)run(0, 50);
    for (int i = 0; i < 30; ++i) (void)tick();
    for (std::uint16_t i = 50; i < 80; ++i) put(i, i * 160u);
    now += 20ms;
    const auto late = pull();
    CHECK(late.stretch < 0);
    CHECK(late.urgent == !machine);
  }
}

TEST_CASE_FIXTURE(Buffer, "The buffer requests to shorten late audio at most once per tick") {
  (void)run(0, 50);
  for (int i = 0; i < 30; ++i) (void)tick();
  for (std::uint16_t i = 50; i < 80; ++i) put(i, i * 160u);
  now += 20ms;
  CHECK(pull().stretch < 0);
  CHECK(pull().stretch == 0);
  now += 20ms;
  CHECK(pull().stretch < 0);
}

TEST_CASE_FIXTURE(Buffer, "The buffer accepts a timestamp up to one second ahead of the expected time, and suspects a timestamp further ahead") {
  for (const std::uint32_t further : {0u, 1u}) {
    ++ssrc;
    (void)run(0, 10);
    const auto suspect = counts().suspect;
    put(10, 10 * 160u + 8000u + further);   // The expected times by the clock and by the sequence number are equal, because the last packet came one tick ago.
    (void)tick();
    CHECK(counts().suspect == suspect + further);
  }
}

TEST_CASE_FIXTURE(Buffer, "An outage that begins during a talk pause loses none of the speech after it") {
  (void)run(0, 50);
  for (int i = 0; i < 150 + 60; ++i) (void)tick();                               // 3 s of silence, and an outage of 1.2 s.
  const auto before = counts();
  for (std::uint16_t i = 50; i < 110; ++i) put(i, (i + 150u) * 160);
  for (std::uint16_t i = 110; i < 200; ++i) {
    put(i, (i + 150u) * 160);
    (void)tick();
  }
  CHECK(counts().suspect + counts().resets + counts().late + counts().overflowed == 0);
  CHECK(counts().concealed == before.concealed);
  for (int i = 0; i < 80; ++i) (void)tick();
  CHECK(counts().frames == 200);
}

TEST_CASE_FIXTURE(Buffer, "The buffer accepts a packet whose sequence number is kMaxDropout ahead, and suspects a packet that is further ahead [RFC 3550 appendix A.1]") {
  for (const unsigned further : {0U, 1U}) {
    (void)run(0, 10);
    const auto suspect = counts().suspect;
    const auto next = static_cast<std::uint16_t>(9 + rtp::kMaxDropout + further);
    put(next, next * 160u);
    (void)tick();
    CHECK(counts().suspect == suspect + further);
    buffer->reset();
  }
}

TEST_CASE("put() on one thread and pull() on another deliver intact packets [design: wait-free inbox]") {
  auto buffer = std::make_unique<rtp::JitterBuffer>();
  const auto origin = base::TimePoint{} + 1000s;
  constexpr int kPackets = 10000;
  constexpr int kAhead = 8;   // The writing thread is at most this many packets ahead of the reading thread.
  std::atomic<int> put{0}, pulled{0};
  std::thread receiver([&] {
    std::vector<std::uint8_t> payload(160);
    for (int i = 0; i < kPackets; ++i) {
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
  for (int t = 0; t < kPackets; ++t) {
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
  CHECK(frames > kPackets * 9 / 10);
}
