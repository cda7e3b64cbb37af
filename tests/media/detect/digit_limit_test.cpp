#include <offhook/media/detect/digit_limit.hpp>

#include <doctest/doctest.h>

using offhook::media::DigitLimit;
using offhook::media::kMaxDigitsPerCall;
using offhook::media::kMaxDigitsPerSecond;

TEST_CASE("DigitLimit allows kMaxDigitsPerSecond digits at once, ignores and counts the next one, and allows digits again as time passes") {
  DigitLimit limit;
  for (std::uint32_t i = 0; i < kMaxDigitsPerSecond; ++i) CHECK(limit.allows(100));
  CHECK_FALSE(limit.allows(100));
  CHECK(limit.ignored() == 1);
  CHECK_FALSE(limit.allows(102));  // It is 40 ms later. A further digit is allowed after 50 ms.
  CHECK(limit.allows(103));
  CHECK_FALSE(limit.allows(103));
  std::uint32_t later = 0;
  while (limit.allows(100'000)) ++later;
  CHECK(later == kMaxDigitsPerSecond);
}

TEST_CASE("DigitLimit allows twelve digits a second, as fast diallers send them, up to kMaxDigitsPerCall") {
  DigitLimit limit;
  std::uint64_t tick = 0;
  for (std::uint32_t i = 0; i < kMaxDigitsPerCall; ++i, tick += 4) CHECK(limit.allows(tick));
  CHECK(limit.ignored() == 0);
  CHECK_FALSE(limit.allows(tick + 1000));
  CHECK(limit.ignored() == 1);
}
