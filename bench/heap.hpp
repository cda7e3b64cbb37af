#pragma once

#include <malloc.h>

namespace offhook::bench {

/// Returns the octets of the heap in use, as malloc counts them. Freed memory that malloc retains is not included.
[[nodiscard]] inline double octets_held() {
  const auto info = ::mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

}  // namespace offhook::bench
