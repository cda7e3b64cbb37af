#pragma once

#include <cstddef>
#include <string>
#include <vector>

/// The values that a program records while it runs for hours, and the check that they did not grow.
namespace offhook_test {

struct Sample {
  double minutes = 0;        ///< minutes since the start of the program
  double memory_kb = 0;      ///< resident memory of the process
  double descriptors = 0;
  double late_p99_ms = 0;    ///< 99th percentile of the lateness of ticks since the previous sample
};

[[nodiscard]] double resident_kb();
[[nodiscard]] std::size_t open_descriptors();

/// Two medians of a column: of its second quarter, which begins after the warm-up, and of its last quarter.
struct Drift {
  double early = 0, late = 0;
};
[[nodiscard]] Drift drift_of(const std::vector<Sample>& samples, double Sample::* column);
/// Returns in words which values grew too much, or "" if no value did. The limits of growth are: memory 2 % and 1 MB, descriptors 8, lateness to
/// twice its value or to 5 ms. Returns a complaint if there are fewer than eight samples.
[[nodiscard]] std::string growth_of(const std::vector<Sample>& samples);
[[nodiscard]] std::string to_svg(const std::vector<Sample>& samples, const std::string& title);

}  // namespace offhook_test
