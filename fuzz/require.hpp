#pragma once

#include <cstdlib>

namespace offhook::fuzz {

/// What must hold for every input: the fuzzer and the seeds' test see the process end when it does not.
inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace offhook::fuzz
