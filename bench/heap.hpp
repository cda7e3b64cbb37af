#pragma once

#include <malloc.h>

namespace offhook::bench {

/// Returns the octets of the heap that are in use, as malloc counts them. They do not include freed memory that malloc keeps.
[[nodiscard]] inline double octets_held() {
  const auto info = ::mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

}  // namespace offhook::bench
