#pragma once

#include <offhook/bench/result.hpp>

#include <vector>

namespace offhook::bench {

/// Measures OPTIONS requests over UDP on loopback, which a server transaction answers with 200. Returns the processor time of the serving
/// thread, with its event loop and the kernel's work in it. Offhook and the peers alternate. 32 requests are outstanding at a time.
[[nodiscard]] std::vector<Result> measure_udp_options();

}  // namespace offhook::bench
