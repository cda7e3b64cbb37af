#pragma once

#include <offhook/bench/measurement.hpp>

#include <string>
#include <vector>

namespace offhook::bench {

struct BenchPrograms {
  std::string self;       ///< offhook_bench: starts itself under valgrind, and as the two sides of leg_capacity
  std::string agent;      ///< offhook; "" leaves out what needs it
  std::string simulator;  ///< offhook_openai_sim; those of the other services are beside it. "" leaves out what needs them
  std::string out;        ///< folder for what they write
};

/// Everything that can be measured, in the order in which it runs.
[[nodiscard]] std::vector<Measurement> all_measurements(const BenchPrograms& programs);

/// For the copy of this program that runs under valgrind: counts the subject of that name. Throws std::runtime_error when there is none.
void count_subject(const std::string& name);

}  // namespace offhook::bench
