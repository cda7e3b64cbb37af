#include <offhook/rtp/jitter/target_delay.hpp>

#include <doctest/doctest.h>

#include <memory>

using namespace offhook;

TEST_CASE("TargetDelay adds half a tick for packets of 10 and 30 ms, and nothing for packets of whole ticks") {
  const auto delay = std::make_unique<rtp::TargetDelay>(rtp::kCallProfile);
  const auto jitter = delay->for_jitter();
  for (const auto& [units, more] : {std::pair{160, 0}, std::pair{80, 80}, std::pair{240, 80}, std::pair{480, 0}}) {
    CAPTURE(units);
    delay->on_size(units, static_cast<std::size_t>(units));
    CHECK(delay->target() == jitter + more);
  }
}

TEST_CASE("TargetDelay adds the time that error correction requests with hold_longer(), up to kMaxHeldLonger") {
  const auto delay = std::make_unique<rtp::TargetDelay>(rtp::kCallProfile);
  const auto before = delay->target();
  delay->hold_longer(160);
  CHECK(delay->target() == before + 160);
  delay->hold_longer(100'000);
  CHECK(delay->target() == before + rtp::kMaxHeldLonger);
  delay->hold_longer(-1);
  CHECK(delay->target() == before);
}

TEST_CASE("TargetDelay does not exceed the duration for which the ring has space") {
  const auto delay = std::make_unique<rtp::TargetDelay>(rtp::kCallProfile);
  delay->hold_longer(rtp::kMaxHeldLonger);
  delay->on_size(800, 3200);  // 100 ms of L16 at 16 kHz: the ring has space for two such packets while a third one arrives.
  CHECK(delay->target() <= 800);
}
