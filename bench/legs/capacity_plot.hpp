#pragma once

#include <offhook/bench/result.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::bench {

/// The marks of "capacity.KIND.PATH.calls_per_core": a share of the core, and the 99th percentile of when a tick is done.
inline constexpr double kMaxLoad = 0.80, kMaxLateMs = 2.0;

inline constexpr std::array<std::string_view, 2> kPlottedPaths{"io_uring", "epoll"};
inline constexpr std::array<std::size_t, 12> kPlottedLegs{1, 10, 50, 100, 200, 400, 800, 1200, 1600, 1800, 2000, 2200};

/// "capacity.plot.PATH.LEGS.WHAT"; `what` is load, kernel_share, tick_p99_ms or missed.
[[nodiscard]] std::string plotted_row(std::string_view path, std::size_t legs, std::string_view what);

/// One core with so many legs.
struct CapacityPoint {
  std::size_t legs = 0;
  double load_percent = 0;               ///< of the core
  std::optional<double> kernel_percent;  ///< of the core, too: what of it the kernel took
  double late_p99_ms = 0;
  double missed = 0;

  /// Within the marks, and nothing missed.
  [[nodiscard]] bool is_clean() const;
  /// What 20 ms of one leg took.
  [[nodiscard]] double leg_us() const;
};
/// Of one path, those of kPlottedLegs that are among the results, in that order.
[[nodiscard]] std::vector<CapacityPoint> capacity_points(const std::vector<Result>& results, std::string_view path);

/// Load, the kernel's part of it, and lateness over legs, for docs/benchmarks.md; empty without such rows.
[[nodiscard]] std::string to_capacity_svg(const std::vector<Result>& results);

}  // namespace offhook::bench
