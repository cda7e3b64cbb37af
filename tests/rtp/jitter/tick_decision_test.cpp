#include <offhook/rtp/jitter/tick_decision.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>

using namespace offhook;
using What = rtp::TickDecision::What;

namespace {

/// Packets of 20 ms that arrive in time, and a decision about them. Times are in units of 1/8000 s.
struct DecidedTicks {
  std::unique_ptr<rtp::HeldPackets> held = std::make_unique<rtp::HeldPackets>();
  rtp::TargetDelay delay;
  rtp::TickDecision decision{*held, delay};

  explicit DecidedTicks(rtp::DelayProfile profile = rtp::kCallProfile) : delay(profile) {}
  void come(std::int64_t number) {
    const std::int64_t begin = number * rtp::kUnitsPerTick;
    delay.on_packet(begin, 0, false);
    held->insert({.arrival = begin, .begin = begin, .end = begin + rtp::kUnitsPerTick, .sequence = number}, held->index_of(begin));
    decision.on_held();
  }
  /// Decides on the tick that is due when the packet of this number arrives, and plays it.
  rtp::TickDecision::Decision tick(std::int64_t number) {
    const auto made = decision.decide(number * rtp::kUnitsPerTick, 0);
    if (made.what == What::Play) decision.on_frame();
    if (made.what == What::Conceal) static_cast<void>(decision.on_concealed(made.units));
    REQUIRE(decision.is_consistent());
    return made;
  }
};

}  // namespace

TEST_CASE("TickDecision plays silence until the target delay has passed, and then the packets in order") {
  DecidedTicks ticks;
  CHECK(ticks.tick(0).what == What::Silence);
  const std::int64_t waits = ticks.delay.target() / rtp::kUnitsPerTick;
  for (std::int64_t i = 0; i < waits; ++i) {
    ticks.come(i);
    CHECK(ticks.tick(i).what == What::Silence);
  }
  for (std::int64_t i = waits; i < waits + 10; ++i) {
    ticks.come(i);
    CHECK(ticks.tick(i).what == What::Play);
    CHECK(ticks.decision.position() == (i - waits + 1) * rtp::kUnitsPerTick);
  }
}

TEST_CASE("TickDecision conceals a lost packet up to the next packet, and reports the length of the gap") {
  DecidedTicks ticks;
  for (const std::int64_t i : {0, 1, 3, 4, 5}) ticks.come(i);
  CHECK(ticks.tick(5).what == What::Play);
  CHECK(ticks.tick(6).what == What::Play);
  const auto made = ticks.tick(7);
  CHECK(made.what == What::Conceal);
  CHECK(made.begin == 2 * rtp::kUnitsPerTick);
  CHECK(made.gap == rtp::kUnitsPerTick);
  CHECK(ticks.tick(8).what == What::Play);
  CHECK(ticks.decision.position() == 4 * rtp::kUnitsPerTick);
}

TEST_CASE("When the buffer is empty, TickDecision conceals for kMaxConcealed, and then plays silence") {
  DecidedTicks ticks;
  for (std::int64_t i = 0; i < 3; ++i) ticks.come(i);
  for (std::int64_t i = 3; i < 6; ++i) CHECK(ticks.tick(i).what == What::Play);
  for (std::int64_t i = 0; i < rtp::kMaxConcealed / rtp::kUnitsPerTick; ++i) CHECK(ticks.tick(6 + i).what == What::Conceal);
  CHECK(ticks.tick(20).what == What::Silence);
  CHECK(ticks.decision.is_empty());
}

TEST_CASE("TickDecision conceals only the part of a tick for which no decoded samples wait") {
  DecidedTicks ticks;
  for (std::int64_t i = 0; i < 3; ++i) ticks.come(i);
  for (std::int64_t i = 3; i < 6; ++i) CHECK(ticks.tick(i).what == What::Play);
  CHECK(ticks.decision.decide(6 * rtp::kUnitsPerTick, 100).units == rtp::kUnitsPerTick - 100);
}

TEST_CASE("With the recogniser profile, TickDecision does not skip a missing packet while this packet may still arrive") {
  DecidedTicks ticks(rtp::kRecogniserProfile);
  ticks.come(0);
  ticks.delay.on_packet(rtp::kUnitsPerTick, rtp::kUnitsPerTick / 2, true);  // Overtaken packets came 10 ms late.
  for (std::int64_t i = 2; i < 5; ++i) ticks.come(i);
  CHECK(ticks.decision.decide(rtp::kUnitsPerTick, 0).what == What::Play);
  ticks.decision.on_frame();
  CHECK(ticks.decision.decide(rtp::kUnitsPerTick + rtp::kUnitsPerTick / 2, 0).what == What::Conceal);
  CHECK(ticks.decision.position() == rtp::kUnitsPerTick);
}
