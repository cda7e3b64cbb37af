#pragma once

#include <offhook/bench/harness.hpp>

#include <string>
#include <vector>

namespace offhook::bench {

/// leg.memory.KIND: resident memory of one of 1,024 calls without their sockets that have talked for two seconds. leg.memory.opus.encoder
/// and .decoder: octets of the heap that a leg's Opus takes for each direction.
[[nodiscard]] std::vector<Result> measure_leg_memory(const std::vector<std::string>& filters);

}  // namespace offhook::bench
