#pragma once

#include <offhook/bench/result.hpp>

#include <vector>

namespace offhook::bench {

/// Measures complete calls over UDP on loopback, 50 at a time, between two edges with one thread each. Returns calls per second of
/// processor time, and calls per second of real time. The processor time is that of the whole process: both sides, and the kernel's work
/// for them.
[[nodiscard]] std::vector<Result> measure_udp_calls();

}  // namespace offhook::bench
