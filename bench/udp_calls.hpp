#pragma once

#include <offhook/bench/result.hpp>

#include <vector>

namespace offhook::bench {

/// Complete calls over UDP on loopback, 50 at a time, between two edges with a thread each: calls a second of the whole process's
/// processor time, both sides and the kernel's work for them included, and by the clock.
[[nodiscard]] std::vector<Result> measure_udp_calls();

}  // namespace offhook::bench
