#pragma once

#include <cstddef>
#include <cstdlib>

namespace offhook_test {

/// A test with many inputs of the same kind takes each `step`th of them. Returns this distance: `step`, or 1 if the environment has OFFHOOK_TEST_ALL,
/// as in `./dev test --full`.
inline std::size_t sample_step(std::size_t step) { return std::getenv("OFFHOOK_TEST_ALL") == nullptr ? step : 1; }

}  // namespace offhook_test
