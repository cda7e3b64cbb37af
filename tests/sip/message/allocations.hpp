#pragma once

#include <cstdint>

namespace offhook_test {

/// Returns how often this program has called operator new so far. allocations_test.cpp counts the calls.
std::uint64_t allocations();

}  // namespace offhook_test
