#pragma once

#include <offhook/bench/measurement.hpp>

#include <string>
#include <vector>

namespace offhook::bench {

/// leg.memory.KIND: resident memory of one of 1,024 calls without their sockets that have talked for two seconds. leg.memory.opus.encoder
/// and .decoder: octets of the heap that a leg's Opus takes for each direction.
[[nodiscard]] std::vector<Measurement> leg_memory_measurements();

}  // namespace offhook::bench
