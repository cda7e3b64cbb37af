#include <offhook/base/time.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace std::chrono_literals;

TEST_CASE("duration_of converts a number of samples to their duration, for up to a year of samples") {
  CHECK(base::duration_of(0, 8000) == 0ns);
  CHECK(base::duration_of(1, 8000) == 125us);
  CHECK(base::duration_of(48'001, 48'000) == 1s + 20'833ns);
  CHECK(base::duration_of(std::uint64_t{48'000} * 3600 * 24 * 365, 48'000) == 24h * 365);
}
