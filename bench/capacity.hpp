#pragma once

#include <offhook/bench/result.hpp>

#include <string>
#include <vector>

namespace offhook::bench {

struct CapacityOptions {
  std::string agent;  ///< the program `offhook`
  std::string out;    ///< folder for the agent's log and settings
  std::size_t calls = 100;
  int seconds = 40;  ///< duration of the measurement in seconds; it starts when all calls are up
};

/// Measures many simultaneous calls to one process of `offhook run` with the embedded recogniser and voice. The callers are in this
/// process. Throws std::runtime_error if the agent does not start or no call is established.
[[nodiscard]] std::vector<Result> measure_capacity(const CapacityOptions& options);

}  // namespace offhook::bench
