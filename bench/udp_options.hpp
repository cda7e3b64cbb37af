#pragma once

#include <offhook/bench/result.hpp>

#include <vector>

namespace offhook::bench {

/// OPTIONS over UDP on loopback, answered 200 by a server transaction: processor time of the thread that serves, its event loop and
/// its share of the kernel's work included, for each; ours and the others' take turns. 32 requests are on their way at a time.
[[nodiscard]] std::vector<Result> measure_udp_options();

}  // namespace offhook::bench
