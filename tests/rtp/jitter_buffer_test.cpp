#include <offhook/rtp/jitter_buffer.hpp>

#include <offhook/base/random.hpp>

#include <doctest/doctest.h>

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
using Kind = rtp::Pull::Kind;

namespace {

/// A buffer on a clock driven by hand. Each octet tells its own place: the low 8 bits of timestamp / 4.
struct Buffer {
  std::unique_ptr<rtp::JitterBuffer> buffer = std::make_unique<rtp::JitterBuffer>();
  base::TimePoint now = base::TimePoint{} + 1000s;
  std::uint32_t ssrc = 1;

  static std::uint8_t octet_at(std::uint32_t timestamp) { return static_cast<std::uint8_t>(timestamp / 4); }
  bool put(std::uint16_t sequence, std::uint32_t timestamp, std::size_t size = 160, std::uint8_t type = 0) {
    std::vector<std::uint8_t> payload(size);
    for (std::size_t i = 0; i < size; ++i) payload[i] = octet_at(timestamp + static_cast<std::uint32_t>(i));
    return buffer->put({.payload_type = type, .sequence = sequence, .timestamp = timestamp, .ssrc = ssrc, .payload = payload},
                       now);
  }
  rtp::Pull pull(bool quiet = false) {
    const auto result = buffer->pull(now, quiet);
    REQUIRE(buffer->is_consistent());
    if (result.kind == Kind::Frame) {
      REQUIRE(result.payload.size() == 160);
      int wrong = 0;
      for (std::uint32_t i = 0; i < 160; ++i) wrong += result.payload[i] != octet_at(result.timestamp + i);
      REQUIRE(wrong == 0);
    }
    return result;
  }
  rtp::Pull tick(bool quiet = false) {
    now += 20ms;
    return pull(quiet);
  }
  /// One packet and one tick, `count` times; the kinds that came out.
  std::vector<Kind> run(std::uint16_t first, int count, std::uint32_t offset = 0) {
    std::vector<Kind> kinds;
    for (int i = 0; i < count; ++i) {
      const auto sequence = static_cast<std::uint16_t>(first + i);
      put(sequence, offset + static_cast<std::uint32_t>(first + i) * 160u);
      kinds.push_back(tick().kind);
    }
    return kinds;
  }
  [[nodiscard]] rtp::JitterStatistics counts() const { return buffer->statistics(); }
};

}  // namespace

TEST_CASE_FIXTURE(Buffer, "Before the first packet there is silence, then the start delay, then frames without a gap") {
  CHECK(tick().kind == Kind::Silence);
  const auto kinds = run(0, 20);
  CHECK(kinds[0] == Kind::Silence);
  CHECK(kinds[1] == Kind::Frame);   // 40 ms after the first packet
  CHECK(std::count(kinds.begin(), kinds.end(), Kind::Frame) == 19);
  CHECK(counts().concealed == 0);
}

TEST_CASE_FIXTURE(Buffer, "The first frame says restart, the others do not") {
  put(0, 0);
  CHECK(tick().kind == Kind::Silence);
  put(1, 160);
  const auto first = tick();
  CHECK(first.kind == Kind::Frame);
  CHECK(first.restart);
  CHECK_FALSE(first.seam);
  CHECK(first.timestamp == 0);
  const auto second = tick();
  CHECK(second.kind == Kind::Frame);
  CHECK_FALSE(second.restart);
}

TEST_CASE_FIXTURE(Buffer, "A lost packet is concealed once, and time goes on") {
  (void)run(0, 10);
  put(11, 11 * 160);
  now += 20ms;
  (void)pull();
  std::vector<Kind> kinds;
  for (std::uint16_t i = 12; i < 20; ++i) {
    put(i, i * 160u);
    kinds.push_back(tick().kind);
  }
  CHECK(std::count(kinds.begin(), kinds.end(), Kind::Conceal) == 1);
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
  put(2, 2 * 160);
  (void)tick();
  CHECK(counts().late == 1);
  CHECK(counts().concealed == 0);
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
      if (pull.kind == Kind::Frame) {
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
  std::vector<Kind> kinds;
  for (int i = 0; i < 20; ++i) kinds.push_back(tick().kind);
  CHECK(std::count(kinds.begin(), kinds.end(), Kind::Conceal) == rtp::kMaxConcealedTicks);
  CHECK(kinds.back() == Kind::Silence);
  const auto before = counts().frames;
  now += 10s;                                   // A hold during which the timestamps stood still.
  kinds = run(10, 40);
  CHECK(kinds.front() == Kind::Silence);
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
    if (pull.kind == Kind::Frame && !first) first = pull.timestamp;
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
  CHECK(counts().dropped == 0);
}

TEST_CASE_FIXTURE(Buffer, "Another SSRC begins anew at once") {
  (void)run(0, 10);
  ssrc = 2;
  const auto kinds = run(1000, 10, 0x80000000);
  CHECK(counts().resets == 1);
  CHECK(std::count(kinds.begin(), kinds.end(), Kind::Frame) >= 8);
}

TEST_CASE_FIXTURE(
    Buffer,
    "A jump of the timestamps is believed when the next packet confirms it, one stray packet is not [RFC 3550 appendix A.1]") {
  (void)run(0, 10);
  put(500, 0x70000000);
  const auto kinds = run(10, 10);
  CHECK(counts().suspect == 1);
  CHECK(counts().resets == 0);
  CHECK(std::count(kinds.begin(), kinds.end(), Kind::Frame) == 10);
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

TEST_CASE_FIXTURE(Buffer, "The inbox takes kMaxInbox packets between two ticks, one more is refused and counted") {
  for (std::uint16_t i = 0; i < rtp::kMaxInbox; ++i) CHECK(put(i, i * 160u));
  CHECK_FALSE(put(rtp::kMaxInbox, rtp::kMaxInbox * 160u));
  CHECK(counts().inbox_full == 1);
  (void)pull();
  CHECK(put(rtp::kMaxInbox, rtp::kMaxInbox * 160u));
}

TEST_CASE_FIXTURE(Buffer, "A full buffer leaves room for a full inbox, however often both were filled") {
  for (int round = 0; round < 10; ++round) {
    for (std::uint16_t i = 0; i < rtp::kMaxBufferedPackets; ++i) {
      CHECK(put(i, i * 4u, 4));
      if (i % rtp::kMaxInbox == rtp::kMaxInbox - 1) (void)pull();
    }
    CHECK(buffer->buffered_packets() == rtp::kMaxBufferedPackets);
    for (std::uint16_t i = 0; i < rtp::kMaxInbox; ++i) CHECK(put(static_cast<std::uint16_t>(64 + i), (64u + i) * 4u, 4));
    CHECK_FALSE(put(100, 400, 4));
    CHECK(counts().inbox_full == static_cast<std::uint64_t>(round) + 1);
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

TEST_CASE_FIXTURE(Buffer, "A tick never mixes two payload types") {
  put(0, 0, 160, 0);
  CHECK(tick().kind == Kind::Silence);
  put(1, 160, 80, 0);
  CHECK(tick().payload_type == 0);
  put(2, 240, 80, 8);
  put(3, 320, 160, 8);
  CHECK(tick().kind == Kind::Conceal);
  const auto frame = tick();
  CHECK(frame.kind == Kind::Frame);
  CHECK(frame.payload_type == 8);
}

TEST_CASE_FIXTURE(Buffer, "A rest of half a tick that never gets its other half does not hold up the buffer") {
  (void)run(0, 10);
  put(10, 1600, 80);
  for (int i = 0; i < 30; ++i) (void)tick();
  CHECK(tick().kind == Kind::Silence);
  CHECK(buffer->buffered_packets() == 0);
  CHECK(counts().concealed <= rtp::kMaxConcealedTicks);
}

TEST_CASE_FIXTURE(Buffer, "A long packet that reaches beyond a later short one leaves nothing behind [found by fuzzing]") {
  (void)run(0, 10);
  put(10, 1600, 150);
  put(11, 1620, 20);
  for (int i = 0; i < 30; ++i) (void)tick();
  CHECK(buffer->buffered_packets() == 0);
  CHECK(tick().kind == Kind::Silence);
}

TEST_CASE_FIXTURE(Buffer, "reset() forgets the stream and the inbox, not the counters") {
  (void)run(0, 10);
  put(10, 1600);
  const auto before = counts().packets;
  buffer->reset();
  CHECK(tick().kind == Kind::Silence);
  CHECK(counts().packets == before);
}

TEST_CASE_FIXTURE(Buffer, "After a burst that was held up, the delay grows, and shrinks again within 20 s of calm") {
  (void)run(0, 50);
  for (int i = 0; i < 4; ++i) (void)tick();      // 80 ms of stall ...
  for (std::uint16_t i = 50; i < 54; ++i) put(i, i * 160u);
  (void)run(54, 10);                             // ... and everything came in the end.
  CHECK(counts().delay_ms >= 80);
  for (std::uint16_t i = 64; i < 1064; ++i) {
    put(i, i * 160u);
    (void)tick(i % 10 == 0);
  }
  CHECK(counts().dropped >= 3);
  CHECK(counts().delay_ms <= 40);
}

TEST_CASE_FIXTURE(Buffer, "Over half a second behind, the rest is left out at one go") {
  (void)run(0, 10);
  for (int i = 0; i < 3; ++i) (void)tick();
  for (std::uint16_t i = 10; i < 41; ++i) put(i, i * 160u);   // 620 ms at once, from a clock that runs ahead of itself
  (void)tick();
  CHECK(counts().dropped >= 20);
  CHECK(counts().delay_ms <= 100);
}

// --- traces ----------------------------------------------------------------------------------------------------------------

namespace {

struct Outcome {
  double excess_percent = 0;      // concealed (stretches not counted) minus truly lost
  double mean_delay_ms = 0;
  double loss_percent = 0;
  std::uint64_t dropped = 0, inserted = 0;
  std::int64_t out_of_order = 0;
};

using DelayOf = std::function<std::optional<double>(int packet, base::SeededRandom& random)>;   // ms; nothing: lost

double uniform(base::SeededRandom& random) { return (random.next_u32() + 0.5) / 4294967296.0; }
double gamma2(base::SeededRandom& random, double theta) {
  return -theta * (std::log(uniform(random)) + std::log(uniform(random)));
}

/// Ten minutes of 50 packets a second; every third second is quiet. `ppm`: how much faster the sender's clock runs.
Outcome simulate(const DelayOf& delay_of, bool fifo = true, double ppm = 0) {
  constexpr int kPackets = 30000;
  base::SeededRandom random(7);
  struct Event { double at; int packet; bool operator>(const Event& o) const { return at > o.at; } };
  std::priority_queue<Event, std::vector<Event>, std::greater<>> wire;
  int lost = 0;
  double last = 0;
  for (int i = 0; i < kPackets; ++i) {
    const auto delay = delay_of(i, random);
    if (!delay) { ++lost; continue; }
    double at = i * 20.0 * (1 - ppm * 1e-6) + *delay;
    if (fifo) at = std::max(at, last);
    last = at;
    wire.push({at, i});
  }
  Buffer b;
  const auto origin = b.now;
  const auto at_ms = [&](double ms) { return origin + std::chrono::microseconds(static_cast<std::int64_t>(ms * 1000)); };
  Outcome outcome;
  double delay_sum = 0;
  std::int64_t previous = -1;
  std::uint64_t frames = 0;
  for (int t = 0; t < kPackets; ++t) {
    const double tick = t * 20.0 + 7;
    for (; !wire.empty() && wire.top().at <= tick; wire.pop()) {
      b.now = at_ms(wire.top().at);
      b.put(static_cast<std::uint16_t>(wire.top().packet), static_cast<std::uint32_t>(wire.top().packet) * 160);
    }
    b.now = at_ms(tick);
    const auto pull = b.pull(t / 50 % 3 == 2);
    if (pull.kind != Kind::Frame) continue;
    if (static_cast<std::int64_t>(pull.timestamp) < previous + 160 && previous >= 0) ++outcome.out_of_order;
    previous = pull.timestamp;
    delay_sum += tick - pull.timestamp / 8.0 * (1 - ppm * 1e-6);
    ++frames;
  }
  const auto counts = b.counts();
  outcome.loss_percent = 100.0 * lost / kPackets;
  outcome.excess_percent = 100.0 * static_cast<double>(counts.concealed) / kPackets - outcome.loss_percent;
  outcome.mean_delay_ms = delay_sum / static_cast<double>(frames);
  outcome.dropped = counts.dropped;
  outcome.inserted = counts.inserted;
  MESSAGE("excess " << outcome.excess_percent << " % delay " << outcome.mean_delay_ms << " ms loss " << outcome.loss_percent
                    << " % dropped " << counts.dropped << " inserted " << counts.inserted << " target " << counts.target_ms);
  return outcome;
}

}  // namespace

TEST_CASE("Trace: a clean network costs little delay and no concealment") {
  const auto outcome = simulate([](int, base::SeededRandom& r) { return 5 + uniform(r) * 2; });
  CHECK(outcome.excess_percent <= 0.05);
  CHECK(outcome.mean_delay_ms - 5 <= 35);
  CHECK(outcome.out_of_order == 0);
}

TEST_CASE("Trace: gamma jitter of 20 ms mean is ridden out") {
  const auto outcome = simulate([](int, base::SeededRandom& r) { return gamma2(r, 10); });
  CHECK(outcome.excess_percent <= 0.3);
  CHECK(outcome.mean_delay_ms <= 115);
  CHECK(outcome.out_of_order == 0);
}

TEST_CASE("Trace: bursts of loss are concealed, no more than that") {
  bool bad = false;
  const auto outcome = simulate([&](int, base::SeededRandom& r) -> std::optional<double> {
    bad = bad ? uniform(r) > 1.0 / 3 : uniform(r) < 0.01;
    if (bad) return std::nullopt;
    return uniform(r) * 2;
  });
  CHECK(outcome.loss_percent > 2);
  CHECK(outcome.excess_percent <= 0.1);
  CHECK(outcome.mean_delay_ms <= 40);
}

TEST_CASE("Trace: stalls of 60 to 180 ms every five seconds") {
  double stall = 0;
  const auto outcome = simulate([&](int i, base::SeededRandom& r) -> std::optional<double> {
    stall = i % 250 == 100 ? 60 + 120 * uniform(r) : std::max(0.0, stall - 20);
    return stall + uniform(r) * 2;
  });
  CHECK(outcome.excess_percent <= 0.8);
  CHECK(outcome.mean_delay_ms <= 140);
}

TEST_CASE("Trace: reordering by 40 ms of one packet in fifty") {
  const auto outcome = simulate([](int, base::SeededRandom& r) { return uniform(r) < 0.02 ? 40.0 : uniform(r); }, false);
  CHECK(outcome.excess_percent <= 0.15);
  CHECK(outcome.mean_delay_ms <= 70);
}

TEST_CASE("Trace: clocks that differ by 100 ppm cost one frame in three minutes, no concealment") {
  for (const double ppm : {100.0, -100.0}) {
    CAPTURE(ppm);
    const auto outcome = simulate([](int, base::SeededRandom& r) { return uniform(r) * 2; }, true, ppm);
    CHECK(outcome.excess_percent <= 0.05);
    CHECK(outcome.mean_delay_ms <= 40);
    CHECK(outcome.dropped <= 8);
    CHECK(outcome.inserted <= 8);
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
    const auto pull = buffer->pull(origin + t * 20ms, false);
    pulled.store(t, std::memory_order_release);
    if (pull.kind != Kind::Frame) continue;
    ++frames;
    for (std::uint32_t i = 0; i < 160; ++i) torn += pull.payload[i] != Buffer::octet_at(pull.timestamp + i);
  }
  receiver.join();
  CHECK(torn == 0);
  CHECK(frames > kPackets * 9 / 10);
}
