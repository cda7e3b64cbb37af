#pragma once

#include <offhook/bench/result.hpp>

#include <string>
#include <vector>

namespace offhook::bench {

struct CapacityOptions {
  std::string agent;  ///< the program `offhook`
  std::string out;    ///< folder for its log and settings
  std::size_t calls = 100;
  int seconds = 40;  ///< that are measured, once all calls are up
};

/// Calls at once to one `offhook run` with its embedded recogniser and voice, a process of its own; the callers live in this one.
/// Throws std::runtime_error when the agent does not start or no call comes up.
[[nodiscard]] std::vector<Result> measure_capacity(const CapacityOptions& options);

}  // namespace offhook::bench
