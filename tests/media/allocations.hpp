#pragma once

#include <cstdint>

namespace offhook_test {

/// Returns the number of invocations of operator new so far, by this program and its libraries. allocations_test.cpp counts them.
std::uint64_t allocations();

}  // namespace offhook_test
