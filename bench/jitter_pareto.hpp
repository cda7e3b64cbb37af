#pragma once

#include <string>

namespace offhook::bench {

/// Returns the plot of concealment over delay on the traces with jitter, for docs/benchmarks.md. One curve shows our jitter buffer with
/// profiles for which one percent of concealment costs as much as 1 to 300 ms of delay. The plot also shows the two profiles of our buffer,
/// speexdsp's buffer, and fixed delays. The best fixed delay is known only afterwards.
[[nodiscard]] std::string jitter_svg();

}  // namespace offhook::bench
