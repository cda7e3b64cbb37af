#pragma once

#include <offhook/bench/measurement.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace offhook::bench {

/// So many dialogs, and so many registrations, is each measured with.
inline constexpr std::size_t kScale[] = {1, 100, 1000, 10000, 100000};

/// Octets of the heap, by malloc's own account (its overhead included), for one established dialog (half of what a pair of stacks
/// takes) and for one registration that is kept, once their transactions are over.
[[nodiscard]] std::vector<Measurement> memory_measurements();

/// Names that end in _1 to _100000, each over that number. "" when there are none.
[[nodiscard]] std::string to_scale_svg(const std::vector<Result>& results);

}  // namespace offhook::bench
