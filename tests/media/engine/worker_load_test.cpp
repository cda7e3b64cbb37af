#include <offhook/media/engine/load_meter.hpp>

#include <doctest/doctest.h>

using offhook::media::WorkerLoad;

TEST_CASE("WorkerLoad predicts the load of more legs in proportion. With fewer than eight legs it predicts the present load") {
  CHECK(WorkerLoad{0.4F, 100}.with(200) == doctest::Approx(0.8));
  CHECK(WorkerLoad{0.4F, 100}.with(100) == doctest::Approx(0.4));
  CHECK(WorkerLoad{0.4F, 100}.with(50) == doctest::Approx(0.4));
  CHECK(WorkerLoad{0.4F, 8}.with(16) == doctest::Approx(0.8));
  CHECK(WorkerLoad{0.4F, 7}.with(700) == doctest::Approx(0.4));
}
