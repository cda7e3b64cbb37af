#pragma once

#include <cstddef>
#include <string>
#include <vector>

/// What a program that runs for hours is watched by, and whether it stayed as it was.
namespace offhook_test {

struct Sample {
  double minutes = 0;        ///< since the beginning
  double memory_kb = 0;      ///< resident
  double descriptors = 0;
  double late_p99_ms = 0;    ///< of the ticks since the sample before
};

[[nodiscard]] double resident_kb();
[[nodiscard]] std::size_t open_descriptors();

/// Of a column: the median of its second quarter, when all is warm, and of its last.
struct Drift {
  double early = 0, late = 0;
};
[[nodiscard]] Drift drift_of(const std::vector<Sample>& samples, double Sample::*column);
/// What grew, in words; "" when nothing did: memory by at most 2 % and 1 MB, descriptors by at most 8, lateness to at most
/// twice what it was, or 5 ms. Of fewer than eight samples nothing can be told.
[[nodiscard]] std::string growth_of(const std::vector<Sample>& samples);
[[nodiscard]] std::string to_svg(const std::vector<Sample>& samples, const std::string& title);

}  // namespace offhook_test
