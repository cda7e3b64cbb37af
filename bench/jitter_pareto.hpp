#pragma once

#include <string>

namespace offhook::bench {

/// Concealment over delay on the traces with jitter, for docs/benchmarks.md: our jitter buffer for prices of one percent from 1 to 300 ms
/// of delay, its two profiles, speexdsp's, and the delays that never change, of which the best is known only afterwards.
[[nodiscard]] std::string jitter_svg();

}  // namespace offhook::bench
