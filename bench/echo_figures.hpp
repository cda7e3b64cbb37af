#pragma once

#include <offhook/bench/measurement.hpp>

#include <string>
#include <vector>

namespace offhook::bench {

/// Returns measurements for delays of 20 to 400 ms and echo return losses of 6 to 40 dB, such as "echo.false_barge_ins.loss_20.delay_60".
/// Both sides have human voices if the recordings are installed.
[[nodiscard]] std::vector<Measurement> echo_measurements();
/// Returns the plot for docs/benchmarks.md, or "" if `results` has no such rows.
[[nodiscard]] std::string to_echo_svg(const std::vector<Result>& results);

}  // namespace offhook::bench
