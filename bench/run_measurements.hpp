#pragma once

#include <offhook/bench/measurement.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace offhook::bench {

/// Runs the measurements in turn. `say` is given a line before each: its number, its name, and the time that is left. `keep` is given all
/// results so far after each. A measurement that throws becomes one result with the reason, and the next one runs.
[[nodiscard]] std::vector<Result> run_measurements(const std::vector<Measurement>& measurements, const std::function<void(const std::string&)>& say,
                                                   const std::function<void(const std::vector<Result>&)>& keep);

/// A line for each measurement: its name, and about how long it takes. The last line is the sum.
[[nodiscard]] std::string to_list(const std::vector<Measurement>& measurements);

}  // namespace offhook::bench
