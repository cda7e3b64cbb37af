#pragma once

#include <malloc.h>

namespace offhook::bench {

/// Octets of the heap in use, by malloc's own account; freed memory that malloc keeps not included.
[[nodiscard]] inline double octets_held() {
  const auto info = ::mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

}  // namespace offhook::bench
