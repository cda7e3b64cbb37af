#pragma once

#include <offhook/bench/measurement.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace offhook::bench {

/// Runs the measurements one after another. Before each measurement, calls `say` with a line that has its number, its name and the
/// remaining time. After each one, calls `keep` with all results so far. If a measurement throws, its result contains the reason, and the
/// next measurement runs.
[[nodiscard]] std::vector<Result> run_measurements(const std::vector<Measurement>& measurements, const std::function<void(const std::string&)>& say,
                                                   const std::function<void(const std::vector<Result>&)>& keep);

/// Returns one line for each measurement, with its name and its approximate duration. The last line has the sum of the durations.
[[nodiscard]] std::string to_list(const std::vector<Measurement>& measurements);

}  // namespace offhook::bench
