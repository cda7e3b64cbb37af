#pragma once

#include <offhook/bench/measurement.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace offhook::bench {

/// Runs the measurements in turn. Before each one, it passes to `say` a line with its number, its name and the remaining time. After each one, it
/// passes to `keep` all results so far. A measurement that throws becomes one result with the reason, and the next one runs.
[[nodiscard]] std::vector<Result> run_measurements(const std::vector<Measurement>& measurements, const std::function<void(const std::string&)>& say,
                                                   const std::function<void(const std::vector<Result>&)>& keep);

/// Returns one line for each measurement, with its name and its approximate duration. The last line is the sum.
[[nodiscard]] std::string to_list(const std::vector<Measurement>& measurements);

}  // namespace offhook::bench
