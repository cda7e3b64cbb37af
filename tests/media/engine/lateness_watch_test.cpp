#include <offhook/media/engine/worker.hpp>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using offhook::media::LatenessWatch;
using offhook::media::WorkerLoad;

TEST_CASE("LatenessWatch counts a phase as late if it ends a microsecond later than the allowed delay, and not if it ends after exactly this delay") {
  LatenessWatch watch(2ms);
  for (int i = 0; i < 50; ++i) watch.add(2ms);
  CHECK(watch.end_window() == 0.0F);
  for (int i = 0; i < 50; ++i) watch.add(2001us);
  CHECK(watch.end_window() == doctest::Approx(0.5));
}

TEST_CASE("LatenessWatch returns the share of late phases over two windows") {
  LatenessWatch watch(2ms);
  for (int i = 0; i < 100; ++i) watch.add(5ms);
  CHECK(watch.end_window() == 1.0F);
  for (int i = 0; i < 100; ++i) watch.add(1ms);
  CHECK(watch.end_window() == doctest::Approx(0.5));
  for (int i = 0; i < 100; ++i) watch.add(1ms);
  CHECK(watch.end_window() == 0.0F);
}

TEST_CASE("LatenessWatch counts left-out phases as late, and returns 0 for fewer than kFewPhases phases") {
  LatenessWatch watch(2ms);
  watch.add_left_out(LatenessWatch::kFewPhases - 1);
  CHECK(watch.end_window() == 0.0F);
  watch.add_left_out(1);
  CHECK(watch.end_window() == 1.0F);
}

TEST_CASE("has_time_for() refuses a ninth leg if the worker is later than the limit, and accepts an eighth leg, or a ninth one at the limit") {
  CHECK(WorkerLoad{0.1F, 8, 0.2F}.has_time_for(9, 0.85F, 0.2F));
  CHECK_FALSE(WorkerLoad{0.1F, 8, 0.21F}.has_time_for(9, 0.85F, 0.2F));
  CHECK(WorkerLoad{0.1F, 7, 1.0F}.has_time_for(8, 0.85F, 0.2F));
  CHECK_FALSE(WorkerLoad{0.84F, 100, 0.0F}.has_time_for(120, 0.85F, 0.2F));
}
