#pragma once

#include <offhook/agent/ops/figures.hpp>

#include <string>

namespace offhook::inline v0::agent {

/// The figures of this process that Prometheus' own client libraries have, by the same names: processor time, memory, descriptors, start.
/// A figure that the system does not tell is left out. `proc` is "/proc/self"; `root` "/proc" has the time of boot.
[[nodiscard]] Figures process_figures(const std::string& proc = "/proc/self", const std::string& root = "/proc");

}  // namespace offhook::inline v0::agent
