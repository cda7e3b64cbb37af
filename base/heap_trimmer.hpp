#pragma once

#include <offhook/base/time.hpp>

#include <cstddef>
#include <optional>

namespace offhook::inline v0::base {

/// Returns free heap pages to the system after a burst of work. glibc by itself returns only the pages at the heap's end. Takes
/// the heap's locks and makes system calls: call it on a thread that neither media nor signalling waits for.
class HeapTrimmer {
 public:
  static constexpr Duration kLook = std::chrono::seconds(1);
  static constexpr Duration kEvery = std::chrono::seconds(20);
  /// tidy() trims only if the octets in use have fallen from their peak since the last trim: by at least this number, and by at least 1/16.
  static constexpr std::size_t kWorthIt = std::size_t{256} << 10;

  /// Call it at any rate: it checks at most once per kLook, and trims at most once per kEvery. Returns true if it trimmed.
  bool tidy(TimePoint now);

 private:
  std::optional<TimePoint> looked_, gave_back_;
  std::size_t highest_ = 0;  ///< peak of the octets in use since the last trim
};

/// Gives each block of 128 KiB and more its own pages if the heap has no gap for it. free() then returns these pages to the
/// system. By default, glibc stops doing so when the first of these blocks is freed; this function prevents that. The reason is the
/// AudioPort of a call, which touches few of its pages. On the heap an AudioPort would reuse the memory of other blocks, and after
/// some thousand calls all its pages would have been touched. Run this function once, at program start.
void keep_large_blocks_apart();

}  // namespace offhook::inline v0::base
