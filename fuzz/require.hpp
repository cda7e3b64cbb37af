#pragma once

#include <cstdlib>

namespace offhook::fuzz {

/// Aborts the process if `holds` is false, so that the fuzzer and the test of the seeds report a failure.
inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace offhook::fuzz
