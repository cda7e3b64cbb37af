#include <offhook/rtp/jitter/stretch_decision.hpp>

#include <doctest/doctest.h>

#include <cstdint>

using namespace offhook;

namespace {

/// Decides on a frame whose packet came at once, `late` units after the time at which the target delay would play it.
rtp::Pull stretched(std::int64_t late, std::int64_t waiting = 0, rtp::DelayProfile profile = rtp::kCallProfile) {
  rtp::TargetDelay delay(profile);
  constexpr std::int64_t kPosition = 80'000;
  delay.on_packet(kPosition, 0, false);
  rtp::StretchDecision decision(delay);
  rtp::Pull pull;
  decision.decide(kPosition + delay.target() + late, waiting, kPosition, kPosition + 10 * rtp::kUnitsPerTick, pull);
  return pull;
}

}  // namespace

TEST_CASE("StretchDecision leaves a frame as it is while the delay is right") {
  CHECK(stretched(0).stretch == 0);
  CHECK(stretched(rtp::kUnitsPerTick).stretch == 0);
}

TEST_CASE("StretchDecision extends a frame that is played too early, until the next pull can be omitted") {
  CHECK(stretched(-40).stretch == rtp::kUnitsPerTick);
  CHECK(stretched(-40, 60).stretch == rtp::kUnitsPerTick - 60);
}

TEST_CASE("StretchDecision shortens by what waits, and by whole ticks above the target") {
  CHECK(stretched(40, 30).stretch == -30);
  CHECK(stretched(2 * rtp::kUnitsPerTick + 40).stretch == -2 * rtp::kUnitsPerTick);
}

TEST_CASE("StretchDecision allows a rough join for a person far above the target, and for a machine below that") {
  CHECK(stretched(4 * rtp::kUnitsPerTick).urgent);
  CHECK_FALSE(stretched(4 * rtp::kUnitsPerTick, 0, rtp::kRecogniserProfile).urgent);
  CHECK_FALSE(stretched(2 * rtp::kUnitsPerTick).urgent);
  CHECK(stretched(2 * rtp::kUnitsPerTick, 0, rtp::kRecogniserProfile).urgent);
}
