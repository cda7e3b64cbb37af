#pragma once

#include <string>

namespace offhook::bench {

/// Returns the plot of concealment over delay on the traces with jitter, for docs/benchmarks.md. It shows our jitter buffer with a price of one
/// percent of concealment from 1 to 300 ms of delay, its two profiles, and speexdsp's buffer. It also shows fixed delays; the best fixed delay is
/// known only afterwards.
[[nodiscard]] std::string jitter_svg();

}  // namespace offhook::bench
