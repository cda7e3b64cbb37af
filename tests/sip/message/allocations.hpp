#pragma once

#include <cstdint>

namespace offhook_test {

/// How often this program has called operator new so far (allocations_test.cpp counts them).
std::uint64_t allocations();

}  // namespace offhook_test
