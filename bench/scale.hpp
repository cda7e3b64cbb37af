#pragma once

#include <offhook/bench/measurement.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace offhook::bench {

/// The numbers of dialogs and of registrations with which each measurement runs.
inline constexpr std::size_t kScale[] = {1, 100, 1000, 10000, 100000};

/// Measures the octets of the heap, as malloc counts them with its overhead, for one established dialog and for one active registration,
/// after their transactions have ended. The value for a dialog is half of what a pair of stacks takes.
[[nodiscard]] std::vector<Measurement> memory_measurements();

/// Returns plots of those results whose names end in _1 to _100000. This number is the horizontal axis. Returns "" if there are no such results.
[[nodiscard]] std::string to_scale_svg(const std::vector<Result>& results);

}  // namespace offhook::bench
