#include <offhook/rtp/jitter/stretch_decision.hpp>

#include <doctest/doctest.h>

#include <cstdint>

using namespace offhook;

namespace {

/// Decides on a frame whose packet had no network delay. The frame is played `late` units later than the target delay requires.
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

TEST_CASE("StretchDecision does not stretch a frame that is played on time, or one tick late while no samples wait") {
  CHECK(stretched(0).stretch == 0);
  CHECK(stretched(rtp::kUnitsPerTick).stretch == 0);
}

TEST_CASE("StretchDecision extends a frame that is played too early by so much that the buffer can omit the next pull") {
  CHECK(stretched(-40).stretch == rtp::kUnitsPerTick);
  CHECK(stretched(-40, 60).stretch == rtp::kUnitsPerTick - 60);
}

TEST_CASE("StretchDecision shortens a late frame by the samples that wait, or by the whole ticks by which the delay exceeds the target") {
  CHECK(stretched(40, 30).stretch == -30);
  CHECK(stretched(2 * rtp::kUnitsPerTick + 40).stretch == -2 * rtp::kUnitsPerTick);
}

TEST_CASE("Far above the target delay, only the call profile makes a stretch urgent. Nearer to it, only the recogniser profile does") {
  CHECK(stretched(4 * rtp::kUnitsPerTick).urgent);
  CHECK_FALSE(stretched(4 * rtp::kUnitsPerTick, 0, rtp::kRecogniserProfile).urgent);
  CHECK_FALSE(stretched(2 * rtp::kUnitsPerTick).urgent);
  CHECK(stretched(2 * rtp::kUnitsPerTick, 0, rtp::kRecogniserProfile).urgent);
}
