#pragma once

#include <offhook/bench/measurement.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace offhook::bench {

/// The numbers of dialogs, and of registrations, that each measurement uses.
inline constexpr std::size_t kScale[] = {1, 100, 1000, 10000, 100000};

/// Measures the octets of the heap, as malloc counts them (its overhead included), for one established dialog and for one active registration, after
/// their transactions have ended. For a dialog, it is half of what a pair of stacks takes.
[[nodiscard]] std::vector<Measurement> memory_measurements();

/// Returns plots of the results whose names end in _1 to _100000, over this number. Returns "" when there are none.
[[nodiscard]] std::string to_scale_svg(const std::vector<Result>& results);

}  // namespace offhook::bench
