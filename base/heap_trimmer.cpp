#include <offhook/base/heap_trimmer.hpp>

#include <algorithm>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace offhook::inline v0::base {

bool HeapTrimmer::tidy(TimePoint now) {
  if (looked_ && now - *looked_ < kLook) return false;
  looked_ = now;
#ifdef __GLIBC__
  const std::size_t in_use = ::mallinfo2().uordblks;
  highest_ = std::max(highest_, in_use);
  if (highest_ - in_use < std::max(kWorthIt, highest_ / 16) || (gave_back_ && now - *gave_back_ < kEvery)) return false;
  ::malloc_trim(0);
  gave_back_ = now;
  highest_ = in_use;
  return true;
#else
  return false;
#endif
}

void keep_large_blocks_apart() {
#ifdef __GLIBC__
  ::mallopt(M_MMAP_THRESHOLD, 128 * 1024);  // Setting the threshold also stops glibc from raising it.
#endif
}

}  // namespace offhook::inline v0::base
