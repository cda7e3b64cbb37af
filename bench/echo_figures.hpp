#pragma once

#include <offhook/bench/measurement.hpp>

#include <string>
#include <vector>

namespace offhook::bench {

/// Delays of 20 to 400 ms and return losses of 6 to 40 dB: "echo.false_barge_ins.loss_20.delay_60" and so on, a human voice on both
/// sides where it is installed.
[[nodiscard]] std::vector<Measurement> echo_measurements();
/// For docs/benchmarks.md; empty without such rows.
[[nodiscard]] std::string to_echo_svg(const std::vector<Result>& results);

}  // namespace offhook::bench
