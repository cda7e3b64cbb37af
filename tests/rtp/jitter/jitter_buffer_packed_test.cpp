#include <offhook/rtp/jitter/jitter_buffer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;
using Content = rtp::PacketContent;

namespace {

constexpr std::uint8_t kOpusClock = 6;

/// A jitter buffer that gets packed payloads with an RTP clock of 48000 Hz. Each octet of a payload is the number of its packet.
struct Packed {
  std::unique_ptr<rtp::JitterBuffer> buffer;
  base::TimePoint now = base::TimePoint{} + 1000s;
  std::uint32_t first_timestamp = 0xFFFFFF00;   // The timestamp wraps during the first packet.
  std::int64_t waiting = 0;

  explicit Packed(rtp::DelayProfile profile = rtp::kCallProfile) : buffer(std::make_unique<rtp::JitterBuffer>(profile)) {}
  bool put(std::uint16_t number, std::uint16_t units, std::size_t size = 33, Content content = Content::Audio) {
    const std::vector<std::uint8_t> payload(size, static_cast<std::uint8_t>(number));
    return buffer->put({.payload_type = 111, .sequence = number, .timestamp = first_timestamp + number * units * kOpusClock, .ssrc = 1,
                        .payload = payload}, now, content, {.clock = kOpusClock, .units = units});
  }
  rtp::Pull tick() {
    now += 20ms;
    rtp::Pull pull;
    while (waiting < rtp::kUnitsPerTick) {
      pull = buffer->pull(now, waiting);
      REQUIRE(buffer->is_consistent());
      REQUIRE(pull.units > 0);
      waiting += pull.units;
    }
    waiting -= rtp::kUnitsPerTick;
    return pull;
  }
  std::vector<rtp::Piece> pieces() const {
    std::vector<rtp::Piece> all;
    for (std::int64_t at = 0; at < rtp::kUnitsPerTick; at += all.back().units) {
      all.push_back(buffer->piece(at));
      REQUIRE(all.back().units > 0);
    }
    return all;
  }
};

}  // namespace

TEST_CASE("The buffer plays packed payloads of 2.5 to 120 ms at 48000 Hz in pieces of 20 ms, in order, and each part once [RFC 7587 section 4.1]") {
  for (const int wanted : {20, 40, 80, 160, 240, 320, 480, 640, 960}) {
    CAPTURE(wanted);
    const auto units = static_cast<std::uint16_t>(wanted);
    Packed line;
    std::int64_t expected = -1;
    int frames = 0;
    std::uint16_t number = 0;
    for (int i = 1; i <= 100; ++i) {
      for (; (number + 1) * units <= i * 160; ++number) REQUIRE(line.put(number, units));
      const auto pull = line.tick();
      if (pull.kind != rtp::Pull::Kind::Frame) continue;
      CHECK(pull.packed);
      CHECK(pull.payload.empty());
      CHECK(pull.payload_type == 111);
      ++frames;
      for (const auto& piece : line.pieces()) {
        const std::int64_t packet = piece.payload[0];
        const std::int64_t at = packet * units + piece.from;
        if (expected >= 0) REQUIRE((at - expected) % (256 * units) == 0);  // An octet of the payload holds only the low 8 bits of the packet's number.
        REQUIRE(piece.payload.size() == 33);
        expected = at + piece.units;
      }
    }
    CHECK(frames > 85);
    CHECK(line.buffer->statistics().concealed == 0);
    CHECK(line.buffer->statistics().resets == 0);
  }
}

TEST_CASE("A pulled frame has a timestamp of the sender's RTP clock") {
  Packed line;
  for (std::uint16_t i = 0; i < 8; ++i) {
    line.put(i, 160);
    const auto pull = line.tick();
    // The buffer's units begin at a multiple of 6, which can be up to 5 units of 48000 Hz before the sender's first timestamp.
    if (pull.kind == rtp::Pull::Kind::Frame) CHECK(line.first_timestamp + line.pieces()[0].payload[0] * 960u - pull.timestamp < kOpusClock);
  }
}

TEST_CASE("A pull that conceals a gap reports the length of the gap, and after_gap() returns the packet after the gap if it has arrived") {
  Packed line;
  line.buffer->hold_longer(320);
  for (std::uint16_t i = 0; i < 20; ++i) {
    if (i != 10) line.put(i, 160);
    const auto pull = line.tick();
    if (pull.kind != rtp::Pull::Kind::Conceal) continue;
    CHECK(pull.units == 160);
    CHECK(pull.gap == 160);
    REQUIRE(line.buffer->after_gap().units == 160);
    CHECK(line.buffer->after_gap().payload[0] == 11);
  }
  CHECK(line.buffer->statistics().concealed == 1);
}

TEST_CASE("If a lost packet leaves a gap of several ticks, the reported length of the gap decreases with each tick") {
  Packed line;
  line.buffer->hold_longer(480);
  std::vector<std::int64_t> gaps;
  for (int i = 0; i < 60; ++i) {
    if (i % 3 == 2 && i != 29) line.put(static_cast<std::uint16_t>(i / 3), 480);
    const auto pull = line.tick();
    if (pull.kind == rtp::Pull::Kind::Conceal) gaps.push_back(pull.gap);
  }
  CHECK(gaps == std::vector<std::int64_t>{480, 320, 160});
}

TEST_CASE("hold_longer() adds its argument to the delay, up to kMaxHeldLonger") {
  const auto delay_after = [](std::int64_t units) {
    Packed line;
    line.buffer->hold_longer(units);
    for (std::uint16_t i = 0; i < 250; ++i) {
      line.put(i, 160);
      (void)line.tick();
    }
    return line.buffer->statistics().delay_ms;
  };
  const auto usual = delay_after(0);
  CHECK(delay_after(160) == usual + 20);
  CHECK(delay_after(-5) == usual);
  CHECK(delay_after(rtp::kMaxHeldLonger) == usual + 120);
  CHECK(delay_after(rtp::kMaxHeldLonger + 800) == usual + 120);
}

TEST_CASE("The buffer plays silence and counts no loss after the last audio of a talk spurt [RFC 7587 section 3.1.3]") {
  Packed line;
  for (std::uint16_t i = 0; i < 10; ++i) {
    line.put(i, 160, i == 9 ? 1 : 33, i == 9 ? Content::LastAudio : Content::Audio);
    (void)line.tick();
  }
  for (int i = 0; i < 30; ++i) (void)line.tick();
  CHECK(line.buffer->statistics().concealed == 0);
  CHECK(line.tick().kind == rtp::Pull::Kind::Silence);
}

TEST_CASE("The buffer drops packets whose time other packets fill, so that a sender of overlapping packets cannot cause endless decoding") {
  Packed line;
  const std::vector<std::uint8_t> payload(33, 0);
  for (std::uint16_t i = 0; i < 60; ++i) {  // Each packet lasts 120 ms, and begins 1/8 ms after the previous packet.
    (void)line.buffer->put({.payload_type = 111, .sequence = i, .timestamp = i * std::uint32_t{kOpusClock}, .ssrc = 1, .payload = payload}, line.now,
                           Content::Audio, {.clock = kOpusClock, .units = 960});
  }
  (void)line.tick();
  CHECK(line.buffer->buffered_packets() == 1);
  CHECK(line.buffer->statistics().duplicate == 59);
  (void)line.buffer->put({.payload_type = 111, .sequence = 61, .timestamp = 960 * kOpusClock, .ssrc = 1, .payload = payload}, line.now, Content::Audio,
                         {.clock = kOpusClock, .units = 160});
  (void)line.tick();
  CHECK(line.buffer->statistics().duplicate == 59);
}

TEST_CASE("For L16 the buffer reduces the delay to the duration for which its ring has space, and drops nothing [RFC 3551 section 4.5.11]") {
  struct Row {
    std::uint16_t units;
    std::size_t octets_per_unit;
    std::uint32_t least_ms, most_ms;
  };
  // 4 octets per unit are L16 at 16 kHz. The ring has no space for a longer delay than `most_ms`.
  for (const Row& row : {Row{160, 4, 360, 380}, Row{80, 4, 360, 390}, Row{320, 4, 280, 320}}) {
    CAPTURE(row.units);
    CAPTURE(row.octets_per_unit);
    Packed line(rtp::DelayProfile{.ms_per_percent = 60, .start_ms = 490});
    std::uint16_t number = 0;
    std::int64_t expected = -1;
    std::uint32_t longest_ms = 0;
    int frames = 0;
    for (int i = 1; i <= 80; ++i) {  // After these ticks the received packets determine the target delay.
      for (; (number + 1) * row.units <= i * 160; ++number) REQUIRE(line.put(number, row.units, row.units * row.octets_per_unit));
      const auto pull = line.tick();
      if (pull.kind != rtp::Pull::Kind::Frame) continue;
      longest_ms = std::max(longest_ms, line.buffer->statistics().delay_ms);
      ++frames;
      for (const auto& piece : line.pieces()) {
        const std::int64_t at = piece.payload[0] * std::int64_t{row.units} + piece.from;
        if (expected >= 0) REQUIRE((at - expected) % (256 * row.units) == 0);
        expected = at + piece.units;
      }
    }
    CHECK(frames > 50);
    CHECK(longest_ms >= row.least_ms);
    CHECK(longest_ms <= row.most_ms);
    CHECK(line.buffer->statistics().overflowed == 0);
    CHECK(line.buffer->statistics().concealed == 0);
    CHECK(line.buffer->statistics().target_ms <= row.most_ms);
  }
}

TEST_CASE("The buffer holds payloads of at most one octet per unit for the whole target delay") {
  Packed line(rtp::DelayProfile{.ms_per_percent = 60, .start_ms = 400});
  for (std::uint16_t number = 0; number < 40; ++number) {
    REQUIRE(line.put(number, 160, 160));
    static_cast<void>(line.tick());
  }
  CHECK(line.buffer->statistics().target_ms == 400);
  CHECK(line.buffer->statistics().delay_ms >= 390);
}

TEST_CASE("If more L16 packets arrive at once than the buffer can hold, it drops and counts the oldest ones, and plays the others in order") {
  constexpr std::uint16_t kHeld = (rtp::kRingOctets - rtp::kInboxOctets) / (640 + 24);
  for (const std::uint16_t more : std::array<std::uint16_t, 3>{0, 1, 3}) {
    CAPTURE(more);
    Packed line;
    for (std::uint16_t number = 0; number < kHeld + more; ++number) REQUIRE(line.put(number, 160, 640));
    auto pull = line.tick();
    CHECK(line.buffer->statistics().overflowed == more);
    for (int i = 0; i < 10 && pull.kind != rtp::Pull::Kind::Frame; ++i) pull = line.tick();
    for (std::uint16_t expected = more; expected < kHeld + more; ++expected, pull = line.tick()) {
      REQUIRE(pull.kind == rtp::Pull::Kind::Frame);
      CHECK(line.pieces().front().payload[0] == expected);
    }
    CHECK(line.buffer->statistics().concealed <= 1);
  }
}

TEST_CASE("put accepts a packed payload of kMaxPackedOctets or kMaxPackedUnits, and refuses a payload with one more octet or unit") {
  Packed line;
  CHECK(line.put(0, 160, rtp::kMaxPackedOctets));
  CHECK_FALSE(line.put(1, 160, rtp::kMaxPackedOctets + 1));
  CHECK(line.put(2, rtp::kMaxPackedUnits));
  CHECK_FALSE(line.put(3, rtp::kMaxPackedUnits + 1));
  CHECK_FALSE(line.put(4, 160, 0));
  CHECK(line.buffer->statistics().refused_payload == 3);
}

TEST_CASE("A change of the RTP clock rate starts a new stream, because timestamps of two clocks are not comparable [RFC 7160 section 4.2]") {
  Packed line;
  for (std::uint16_t i = 0; i < 10; ++i) {
    line.put(i, 160);
    (void)line.tick();
  }
  const std::vector<std::uint8_t> octets(160, 0);
  bool restarted = false;
  int frames = 0;
  for (std::uint16_t i = 10; i < 20; ++i) {
    (void)line.buffer->put({.payload_type = 0, .sequence = i, .timestamp = 5000u + i * 160u, .ssrc = 1, .payload = octets}, line.now);
    const auto pull = line.tick();
    if (pull.kind != rtp::Pull::Kind::Frame || pull.packed) continue;
    restarted = restarted || pull.restart;
    ++frames;
  }
  CHECK(restarted);
  CHECK(frames >= 7);
  CHECK(line.buffer->statistics().resets == 1);
  CHECK(line.buffer->statistics().suspect == 0);
}

TEST_CASE("The buffer plays all L16 packets of 200 ms at 8 kHz and of 100 ms at 16 kHz, with 80 ms of jitter [RFC 3551 section 4.2]") {
  for (const std::uint16_t units : std::array<std::uint16_t, 2>{1600, 800}) {
    CAPTURE(units);
    Packed line;
    const auto begun = line.now;
    std::uint16_t sent = 0;
    int frames = 0;
    for (int ticks = 0; ticks < 1000; ++ticks) {
      for (;;) {
        const auto leaves = begun + 125us * (units * (sent + 1));
        if (leaves + (sent % 3 == 2 ? 80ms : 0ms) > line.now) break;
        CHECK(line.put(sent++, units, rtp::kMaxPackedOctets));
      }
      frames += line.tick().kind == rtp::Pull::Kind::Frame;
    }
    CHECK(frames > 950);
    CHECK(line.buffer->statistics().overflowed + line.buffer->statistics().inbox_full == 0);
  }
}
