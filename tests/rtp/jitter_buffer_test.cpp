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

static_assert(sizeof(rtp::JitterBuffer) <= 24 * 1024, "there are thousands of them");

TEST_CASE_FIXTURE(Buffer, "Before the first packet there is silence, then the start delay, then frames without a gap") {
  CHECK(tick().kind == rtp::Pull::Kind::Silence);
  const auto kinds = run(0, 20);
  CHECK(kinds[0] == rtp::Pull::Kind::Silence);
  CHECK(kinds[1] == rtp::Pull::Kind::Frame);   // 40 ms after the first packet
  CHECK(std::count(kinds.begin(), kinds.end(), rtp::Pull::Kind::Frame) == 19);
  CHECK(counts().concealed == 0);
}

TEST_CASE_FIXTURE(Buffer, "The first frame says restart, the others do not") {
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

TEST_CASE_FIXTURE(Buffer, "A lost packet is concealed once, and time goes on") {
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

TEST_CASE_FIXTURE(Buffer, "Reordered packets are played in order, late and duplicate ones are counted") {
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
  put(2, 2 * 160);  // Of one that was played long ago: it is no news.
  put(12, 12 * 160);
  (void)tick();
  CHECK(counts().late == 1);
  CHECK(counts().duplicate == 3);
}

TEST_CASE_FIXTURE(Buffer, "A copy takes no place in the ring: every packet may come many times, and an outage of 1.2 s is still played whole") {
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

TEST_CASE_FIXTURE(Buffer, "A number counts as a copy of the last kRememberedPackets, and not of one further back") {
  constexpr auto kBack = static_cast<std::uint16_t>(rtp::kRememberedPackets);
  for (std::uint16_t i = 0; i <= kBack; ++i) put(i, i * 4u, 4);
  put(1, 4, 4);
  CHECK(counts().duplicate == 1);
  CHECK(counts().packets == 0);  // Known before the ticking thread has seen any.
  put(0, 0, 4);
  (void)pull();
  CHECK(counts().packets == kBack + 2);
}

TEST_CASE_FIXTURE(Buffer, "A sender that counts anew, and another SSRC with the same numbers, send no copies") {
  (void)run(10, 50);
  for (std::uint16_t i = 10; i < 20; ++i) put(i, 0x40000000u + i * 160u);
  CHECK(counts().duplicate == 0);
  ++ssrc;
  for (std::uint16_t i = 10; i < 20; ++i) put(i, 0x40000000u + i * 160u);
  CHECK(counts().duplicate == 0);
}

TEST_CASE("Every packet time from 10 to 60 ms comes out as whole ticks") {
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

TEST_CASE_FIXTURE(Buffer, "Sequence and timestamp wrap unnoticed") {
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

TEST_CASE_FIXTURE(Buffer,
                  "When nothing comes any more: concealed for 100 ms, then silence; a fresh start afterwards loses nothing") {
  (void)run(0, 10);
  std::vector<rtp::Pull::Kind> kinds;
  for (int i = 0; i < 20; ++i) kinds.push_back(tick().kind);
  CHECK(std::count(kinds.begin(), kinds.end(), rtp::Pull::Kind::Conceal) == rtp::kMaxConcealed / rtp::kUnitsPerTick);
  CHECK(kinds.back() == rtp::Pull::Kind::Silence);
  const auto before = counts().frames;
  now += 10s;                                   // A hold during which the timestamps stood still.
  kinds = run(10, 40);
  CHECK(kinds.front() == rtp::Pull::Kind::Silence);
  CHECK(counts().frames - before >= 36);        // One packet went into confirming the jump, two ticks into the start delay.
}

TEST_CASE_FIXTURE(Buffer,
                  "A talk pause is silence, not loss, and the first packet after it is not clipped [RFC 3551 section 4.1]") {
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

TEST_CASE_FIXTURE(Buffer, "A pause of three ticks with the sequence unbroken costs no frame on either side") {
  (void)run(0, 20);
  for (int i = 0; i < 3; ++i) (void)tick();
  for (int i = 20; i < 40; ++i) {
    put(static_cast<std::uint16_t>(i), static_cast<std::uint32_t>(i + 3) * 160);
    (void)tick();
  }
  for (int i = 0; i < 3; ++i) (void)tick();
  CHECK(counts().frames == 40);
}

TEST_CASE_FIXTURE(Buffer, "Another SSRC begins anew at once") {
  (void)run(0, 10);
  ssrc = 2;
  const auto kinds = run(1000, 10, 0x80000000);
  CHECK(counts().resets == 1);
  CHECK(std::count(kinds.begin(), kinds.end(), rtp::Pull::Kind::Frame) >= 8);
}

TEST_CASE_FIXTURE(
    Buffer,
    "A jump of the timestamps is believed when the next packet confirms it, one stray packet is not [RFC 3550 appendix A.1]") {
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

TEST_CASE_FIXTURE(Buffer, "kMaxBufferedPackets are held, one more pushes out the oldest") {
  for (std::uint16_t i = 0; i < rtp::kMaxBufferedPackets; ++i) {
    put(i, i * 4u, 4);                  // Half a millisecond each: all of it is less than the start delay, none is played.
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
constexpr std::size_t kRecord = 160 + 24;   // a packet in the ring: its payload and what is written before it
}

TEST_CASE_FIXTURE(Buffer, "Between two ticks kRingOctets are taken, one packet more is refused and counted") {
  std::uint16_t i = 0;
  for (; i < rtp::kRingOctets / kRecord; ++i) CHECK(put(i, i * 160u));
  CHECK_FALSE(put(i, i * 160u));
  CHECK(counts().inbox_full == 1);
  (void)pull();
  (void)pull();
  CHECK(put(i, i * 160u));
}

TEST_CASE_FIXTURE(Buffer, "An owner with one thread loses the oldest packets when more than kRingOctets come between two ticks, never the newest") {
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
  put_all(50, 160);                                                              // 2.2 s
  CHECK(counts().inbox_full == 0);
  (void)tick();
  CHECK(counts().overflowed == 110 - rtp::kMaxBufferedPackets);
  CHECK(buffer->buffered_packets() >= rtp::kMaxBufferedPackets - 1);
  const auto frames = counts().frames;
  for (int i = 0; i < 70; ++i) (void)tick();
  CHECK(counts().frames - frames >= rtp::kMaxBufferedPackets - 1);
}

TEST_CASE_FIXTURE(Buffer, "What is held leaves kInboxOctets free: one packet more pushes out the oldest, and the inbox has its room") {
  constexpr std::size_t kSize = 320, kLarge = kSize + 24;  // So large that the octets are at their bound before the packets are.
  constexpr std::size_t kHeld = (rtp::kRingOctets - rtp::kInboxOctets + 24) / kLarge;
  static_assert(kHeld < rtp::kMaxBufferedPackets);
  for (int round = 0; round < 10; ++round) {
    const auto overflowed = counts().overflowed;
    std::uint16_t i = 0;
    for (; i < kHeld; ++i) CHECK(put(i, i * 4u, kSize));   // Half a millisecond apart: all of it is less than the start delay, none is played.
    (void)pull();
    CHECK(buffer->buffered_packets() >= kHeld - 1);  // What is left at the ring's end is not used.
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

TEST_CASE_FIXTURE(Buffer, "Payloads of kMaxPayloadOctets are taken, empty and longer ones refused") {
  CHECK(put(0, 0, rtp::kMaxPayloadOctets));
  CHECK_FALSE(put(1, 480, rtp::kMaxPayloadOctets + 1));
  CHECK_FALSE(put(2, 480, 0));
  CHECK(counts().refused_payload == 2);
}

TEST_CASE_FIXTURE(Buffer, "Packets of 80 to 200 ms are played whole and in order, with 100 ms of jitter too [RFC 3551 section 4.2]") {
  for (const std::size_t size : {640u, 641u, 960u, 1280u, 1600u}) {
    CAPTURE(size);
    buffer = std::make_unique<rtp::JitterBuffer>();
    waiting = 0;
    const auto begun = now;
    std::uint16_t sent = 0;
    std::size_t frames = 0;
    for (int ticks = 0; ticks < 1000; ++ticks) {
      // Each packet leaves when its last sample is there; each third one takes 100 ms longer.
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

TEST_CASE_FIXTURE(Buffer, "A tick never mixes two payload types") {
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

TEST_CASE_FIXTURE(Buffer, "A rest of half a tick that never gets its other half does not hold up the buffer") {
  (void)run(0, 10);
  put(10, 1600, 80);
  for (int i = 0; i < 30; ++i) (void)tick();
  CHECK(tick().kind == rtp::Pull::Kind::Silence);
  CHECK(buffer->buffered_packets() == 0);
  CHECK(counts().concealed <= rtp::kMaxConcealed / rtp::kUnitsPerTick);
}

TEST_CASE_FIXTURE(Buffer, "A long packet that reaches beyond a later short one leaves nothing behind [found by fuzzing]") {
  (void)run(0, 10);
  put(10, 1600, 150);
  put(11, 1620, 20);
  for (int i = 0; i < 30; ++i) (void)tick();
  CHECK(buffer->buffered_packets() == 0);
  CHECK(tick().kind == rtp::Pull::Kind::Silence);
}

TEST_CASE_FIXTURE(Buffer, "reset() forgets the stream and the inbox, not the counters") {
  (void)run(0, 10);
  put(10, 1600);
  const auto before = counts().packets;
  buffer->reset();
  CHECK(tick().kind == rtp::Pull::Kind::Silence);
  CHECK(counts().packets == before);
}

TEST_CASE_FIXTURE(Buffer, "After a stall the delay has grown by what was concealed, and calm shrinks it again by stretching alone") {
  stretches = true;
  (void)run(0, 100);
  const auto before = counts();
  for (int i = 0; i < 4; ++i) (void)tick();      // 80 ms of stall ...
  for (std::uint16_t i = 100; i < 104; ++i) put(i, i * 160u);
  (void)run(104, 5);                             // ... and everything came in the end.
  const auto after = counts();
  CHECK(after.concealed_samples >= before.concealed_samples + 480);   // Of four ticks one may be covered by the delay.
  CHECK(after.delay_ms >= before.delay_ms + 50);
  (void)run(109, 1500);
  CHECK(counts().delay_ms <= 40);
  CHECK(counts().removed_samples_for_acceleration >= 60 * 8);
  CHECK(counts().late == 0);
}

TEST_CASE_FIXTURE(Buffer, "A lost packet while some of a line waits is concealed by 20 ms all in all, and what follows fits as before") {
  (void)run(0, 50);
  waiting = 60;     // As after a stretch.
  (void)tick();     // The last one that is held.
  CHECK(waiting == 60);
  CHECK(tick().kind == rtp::Pull::Kind::Conceal);
  CHECK(waiting == 0);
  CHECK(counts().concealed_samples == 100);
  put(51, 51 * 160);
  CHECK(tick().kind == rtp::Pull::Kind::Frame);
  CHECK(waiting == 60);
  CHECK(counts().concealed_samples == 160);
}

TEST_CASE_FIXTURE(Buffer, "What lasts longer than a concealment fades counts as silent") {
  (void)run(0, 50);
  for (int i = 0; i < 20; ++i) (void)tick();
  CHECK(counts().concealed_samples == static_cast<std::uint64_t>(rtp::kMaxConcealed));
  CHECK(counts().silent_concealed_samples == static_cast<std::uint64_t>(rtp::kMaxConcealed - rtp::kConcealmentFades));
}

TEST_CASE_FIXTURE(Buffer, "A row of concealment is one event, however long, and the next row behind audio is another") {
  (void)run(0, 50);
  CHECK(counts().concealment_events == 0);
  (void)run(53, 20);
  CHECK(counts().concealed >= 3);
  CHECK(counts().concealment_events == 1);
  (void)run(74, 20);
  CHECK(counts().concealment_events == 2);
}

TEST_CASE_FIXTURE(Buffer, "Another listener: the target is his at once, the delay follows, and what is known of the route stays") {
  stretches = true;
  // Three of a hundred packets are held up, for 60 ms at most: worth the wait for two who talk, not for a machine.
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

TEST_CASE_FIXTURE(Buffer, "Before anything is known the target is the listener's first guess") {
  CHECK(counts().target_ms == 40);
  buffer->set_profile(rtp::kRecogniserProfile);
  CHECK(counts().target_ms == 20);
}

TEST_CASE_FIXTURE(Buffer, "Delay and count of what was emitted are summed up as the statistics of WebRTC define them") {
  (void)run(0, 200);
  const auto before = counts();
  (void)run(200, 100);
  const auto after = counts();
  const auto emitted = after.jitter_buffer_emitted_count - before.jitter_buffer_emitted_count;
  CHECK(emitted == 100 * 160);
  CHECK((after.jitter_buffer_delay - before.jitter_buffer_delay) / emitted == 8 * after.delay_ms);
}

TEST_CASE_FIXTURE(Buffer, "Comfort noise makes silence of what follows until somebody talks [RFC 3389 section 4]") {
  (void)run(0, 50);
  const std::array<std::uint8_t, 3> noise{61, 1, 2};
  CHECK(buffer->put({.payload_type = 13, .sequence = 50, .timestamp = 50 * 160, .ssrc = ssrc, .payload = noise}, now,
                    rtp::JitterBuffer::Content::ComfortNoise));
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

TEST_CASE_FIXTURE(Buffer, "Talk that ends with half a tick before comfort noise ends in silence, not in concealment") {
  (void)run(0, 50);
  put(50, 50 * 160, 80);
  const std::array<std::uint8_t, 1> noise{70};
  (void)buffer->put({.payload_type = 13, .sequence = 51, .timestamp = 50 * 160 + 80, .ssrc = ssrc, .payload = noise}, now,
                    rtp::JitterBuffer::Content::ComfortNoise);
  for (int i = 0; i < 50; ++i) (void)tick();
  CHECK(counts().concealed == 0);
  CHECK(tick().kind == rtp::Pull::Kind::Silence);
}

TEST_CASE_FIXTURE(Buffer, "After an outage of 300 to 1200 ms every packet that arrives late is played, in order, and the delay shrinks again") {
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

TEST_CASE_FIXTURE(Buffer, "Late audio is shortened roughly for a person, and only where it repeats itself for a machine") {
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

TEST_CASE_FIXTURE(Buffer, "Late audio is shortened once a tick at most") {
  (void)run(0, 50);
  for (int i = 0; i < 30; ++i) (void)tick();
  for (std::uint16_t i = 50; i < 80; ++i) put(i, i * 160u);
  now += 20ms;
  CHECK(pull().stretch < 0);
  CHECK(pull().stretch == 0);
  now += 20ms;
  CHECK(pull().stretch < 0);
}

TEST_CASE_FIXTURE(Buffer, "A timestamp a second ahead of its time and its sequence number is believed, one further is a jump") {
  for (const std::uint32_t further : {0u, 1u}) {
    ++ssrc;
    (void)run(0, 10);
    const auto suspect = counts().suspect;
    put(10, 10 * 160u + 8000u + further);   // The tenth came a tick before this one, so that both say the same.
    (void)tick();
    CHECK(counts().suspect == suspect + further);
  }
}

TEST_CASE_FIXTURE(Buffer, "An outage that begins in a talk pause costs nothing of the talk behind it") {
  (void)run(0, 50);
  for (int i = 0; i < 150 + 60; ++i) (void)tick();                               // 3 s of silence, and 1.2 s of outage
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

TEST_CASE_FIXTURE(Buffer, "A sequence number kMaxDropout ahead tells a late packet's place, one further does not [RFC 3550 appendix A.1]") {
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

TEST_CASE("One thread puts while another pulls: nothing is torn [design: wait-free inbox]") {
  auto buffer = std::make_unique<rtp::JitterBuffer>();
  const auto origin = base::TimePoint{} + 1000s;
  constexpr int kPackets = 10000;
  constexpr int kAhead = 8;   // the threads overlap freely inside this window, whatever the machine's scheduler does
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
