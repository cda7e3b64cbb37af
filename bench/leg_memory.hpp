#pragma once

#include <offhook/bench/measurement.hpp>

#include <string>
#include <vector>

namespace offhook::bench {

/// Returns leg.memory.KIND: the resident memory of one call, measured with 1,024 calls without sockets after two seconds of talk.
/// leg.memory.opus.encoder and .decoder are the octets of the heap that a leg's Opus codec takes in each direction.
[[nodiscard]] std::vector<Measurement> leg_memory_measurements();

}  // namespace offhook::bench
