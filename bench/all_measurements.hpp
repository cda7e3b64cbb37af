#pragma once

#include <offhook/bench/measurement.hpp>

#include <string>
#include <vector>

namespace offhook::bench {

struct BenchPrograms {
  std::string self;       ///< the program offhook_bench, which starts itself under valgrind, and as the two processes of leg_capacity
  std::string agent;      ///< the program offhook; "" omits the measurements that need it
  std::string simulator;  ///< the program offhook_openai_sim, beside the simulators of the other services; "" omits the measurements that need them
  std::string out;        ///< the folder for the files of the measurements
};

/// Returns all measurements, in the order in which they run.
[[nodiscard]] std::vector<Measurement> all_measurements(const BenchPrograms& programs);

/// Counts the instructions of the subject with this name; the process under valgrind calls it. Throws std::runtime_error when there is no such
/// subject.
void count_subject(const std::string& name);

}  // namespace offhook::bench
