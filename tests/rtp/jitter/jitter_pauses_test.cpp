#include "driven_buffer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;

using Buffer = test::DrivenBuffer;

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
