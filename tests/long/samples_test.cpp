#include "samples.hpp"

#include <doctest/doctest.h>

using offhook_test::Sample;

namespace {

/// Returns the samples of an hour. In the middle of the hour, the values grow by these amounts.
std::vector<Sample> hour(double memory_kb, double descriptors, double late_ms) {
  std::vector<Sample> samples;
  for (int minute = 0; minute < 60; ++minute) {
    const double grown = minute < 30 ? 0 : 1;
    samples.push_back({double(minute), 50000 + memory_kb * grown, 800 + descriptors * grown, 1 + late_ms * grown});
  }
  return samples;
}

}  // namespace

TEST_CASE("growth_of names each column that grows beyond its limit, and returns an empty text if no column does") {
  using offhook_test::growth_of;
  CHECK(growth_of(hour(0, 0, 0)).empty());
  CHECK(growth_of(hour(1024, 8, 4)).empty());
  CHECK(growth_of(hour(1030, 0, 0)) == "memory (kB) grew from 50000 to 51030");
  CHECK(growth_of(hour(0, 9, 0)) == "descriptors grew from 800 to 809");
  CHECK(growth_of(hour(0, 0, 4.5)) == "lateness (ms) grew from 1 to 5.5");
  CHECK(growth_of(hour(0, 9, 4.5)).find("; ") != std::string::npos);
}

TEST_CASE("growth_of complains of seven samples as too few, and ignores growth during the warm-up") {
  auto samples = hour(0, 0, 0);
  samples.resize(7);
  CHECK(offhook_test::growth_of(samples) == "7 samples are too few to tell");
  samples.resize(8, {9, 50000, 800, 1});
  CHECK(offhook_test::growth_of(samples).empty());
  samples = hour(0, 0, 0);
  for (std::size_t i = 0; i < 15; ++i) samples[i].memory_kb = 1000;
  CHECK(offhook_test::growth_of(samples).empty());
}

TEST_CASE("resident_kb and open_descriptors return the memory and the open descriptors of the calling process") {
  CHECK(offhook_test::resident_kb() > 1000);
  CHECK(offhook_test::open_descriptors() >= 3);
  CHECK(offhook_test::to_svg(hour(0, 0, 0), "an hour").find("</svg>") != std::string::npos);
}
