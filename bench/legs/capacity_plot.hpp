#pragma once

#include <offhook/bench/result.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::bench {

/// The limits of "capacity.KIND.PATH.calls_per_core": the load of the core, and the 99th percentile of the time at which a tick is completed, in ms.
inline constexpr double kMaxLoad = 0.80, kMaxLateMs = 2.0;

inline constexpr std::array<std::string_view, 2> kPlottedPaths{"io_uring", "epoll"};
inline constexpr std::array<std::size_t, 12> kPlottedLegs{1, 10, 50, 100, 200, 400, 800, 1200, 1600, 1800, 2000, 2200};

/// Returns the name "capacity.plot.PATH.LEGS.WHAT". `what` is load, kernel_share, tick_p99_ms or missed.
[[nodiscard]] std::string plotted_row(std::string_view path, std::size_t legs, std::string_view what);

/// The results of one core with this number of legs.
struct CapacityPoint {
  std::size_t legs = 0;
  double load_percent = 0;               ///< load in percent of the core
  std::optional<double> kernel_percent;  ///< the kernel's part of load_percent, in percent of the core
  double late_p99_ms = 0;
  double missed = 0;

  /// Returns true if the load and the lateness are within the limits, and no packet was missed.
  [[nodiscard]] bool is_clean() const;
  /// Returns the processor time of one leg for 20 ms of audio.
  [[nodiscard]] double leg_us() const;
};
/// Returns the results of one path for the numbers of legs in kPlottedLegs that `results` contains, in the same order.
[[nodiscard]] std::vector<CapacityPoint> capacity_points(const std::vector<Result>& results, std::string_view path);

/// Returns the plot of the load, the kernel's part of it, and the lateness over the number of legs, for docs/benchmarks.md. Returns "" if
/// `results` has no such rows.
[[nodiscard]] std::string to_capacity_svg(const std::vector<Result>& results);

}  // namespace offhook::bench
