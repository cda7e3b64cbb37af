#include <offhook/media/engine/arrival_clock.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace offhook;
using namespace std::chrono_literals;

TEST_CASE("ArrivalClock converts the kernel's timestamp, and limits it to the time since the phase's last read, even if the wall clock was set") {
  media::ArrivalClock clock;
  const base::TimePoint begin(1000s);
  constexpr base::Duration kWall = 1'700'000'000s;
  clock.read(3, begin, kWall);
  clock.read(3, begin + 20ms, kWall + 20ms);
  CHECK(clock.now() == begin + 20ms);
  CHECK(clock.wall_ahead() == kWall - 1000s);
  CHECK(clock.arrival(kWall + 7ms) == begin + 7ms);
  CHECK(clock.arrival(std::nullopt) == begin + 20ms);
  CHECK(clock.arrival(kWall - 1h) == begin);              // The wall clock was set forward after the datagram arrived.
  CHECK(clock.arrival(kWall + 1h) == begin + 20ms);       // The wall clock was set back after the datagram arrived.
}

TEST_CASE("After a long time without a read, ArrivalClock accepts only timestamps of the last 220 ms") {
  media::ArrivalClock clock;
  const base::TimePoint begin(1000s);
  clock.read(0, begin, 5s);
  clock.read(0, begin + 1h, 5s + 1h);
  CHECK(clock.arrival(5s + 1h - 10ms) == begin + 1h - 10ms);
  CHECK(clock.arrival(5s + 1min) == begin + 1h - 220ms);
  clock.read(7, begin + 1h, 5s + 1h);                     // This is the first read of phase 7.
  CHECK(clock.arrival(5s) == begin + 1h - 220ms);
}
