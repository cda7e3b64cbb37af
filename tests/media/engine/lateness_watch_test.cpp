#include <offhook/media/engine/worker.hpp>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using offhook::media::LatenessWatch;
using offhook::media::WorkerLoad;

TEST_CASE("A phase that ends by the next one's time is in time, and a microsecond later it is late") {
  LatenessWatch watch(2ms);
  for (int i = 0; i < 50; ++i) watch.add(2ms);
  CHECK(watch.end_window() == 0.0F);
  for (int i = 0; i < 50; ++i) watch.add(2001us);
  CHECK(watch.end_window() == doctest::Approx(0.5));
}

TEST_CASE("Lateness counts for two windows") {
  LatenessWatch watch(2ms);
  for (int i = 0; i < 100; ++i) watch.add(5ms);
  CHECK(watch.end_window() == 1.0F);
  for (int i = 0; i < 100; ++i) watch.add(1ms);
  CHECK(watch.end_window() == doctest::Approx(0.5));
  for (int i = 0; i < 100; ++i) watch.add(1ms);
  CHECK(watch.end_window() == 0.0F);
}

TEST_CASE("Left-out phases count as late, and fewer than kFewPhases phases give no result") {
  LatenessWatch watch(2ms);
  watch.add_left_out(LatenessWatch::kFewPhases - 1);
  CHECK(watch.end_window() == 0.0F);
  watch.add_left_out(1);
  CHECK(watch.end_window() == 1.0F);
}

TEST_CASE("A late worker with eight legs accepts no other leg, one with seven does, and at the limit it accepts one too") {
  CHECK(WorkerLoad{0.1F, 8, 0.2F}.has_time_for(9, 0.85F, 0.2F));
  CHECK_FALSE(WorkerLoad{0.1F, 8, 0.21F}.has_time_for(9, 0.85F, 0.2F));
  CHECK(WorkerLoad{0.1F, 7, 1.0F}.has_time_for(8, 0.85F, 0.2F));
  CHECK_FALSE(WorkerLoad{0.84F, 100, 0.0F}.has_time_for(120, 0.85F, 0.2F));
}
