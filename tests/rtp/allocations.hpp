#pragma once

#include <cstdint>

namespace offhook_test {

/// Returns how often this program has used operator new. allocations_test.cpp replaces operator new and counts.
std::uint64_t allocations();

}  // namespace offhook_test
