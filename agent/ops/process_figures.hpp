#pragma once

#include <offhook/agent/support/figures.hpp>

#include <string>

namespace offhook::inline v0::agent {

/// Returns the process metrics that the client libraries of Prometheus have, with the same names: processor time, memory, descriptors, start time.
/// Leaves out a value that the system does not report. `proc` is the folder of this process; `root` has the boot time.
[[nodiscard]] Figures process_figures(const std::string& proc = "/proc/self", const std::string& root = "/proc");

}  // namespace offhook::inline v0::agent
