#pragma once

#include <offhook/bench/measurement.hpp>

#include <string>
#include <vector>

namespace offhook::bench {

struct BenchPrograms {
  std::string self;       ///< the program offhook_bench; it starts itself under valgrind, and as the two processes of leg_capacity
  std::string agent;      ///< the program offhook; "": the measurements that need it are omitted
  std::string simulator;  ///< the program offhook_openai_sim, in one folder with the other simulators; "": the measurements that need it are omitted
  std::string out;        ///< folder for the files of the measurements
};

/// Returns all measurements, in the order in which they run.
[[nodiscard]] std::vector<Measurement> all_measurements(const BenchPrograms& programs);

/// Counts the instructions of the subject with this name. The process under valgrind runs this. Throws std::runtime_error if there is no
/// such subject.
void count_subject(const std::string& name);

}  // namespace offhook::bench
