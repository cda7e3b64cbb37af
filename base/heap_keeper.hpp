#pragma once

#include <offhook/base/time.hpp>

#include <cstddef>
#include <optional>

namespace offhook::inline v0::base {

/// Gives pages back to the system that a burst of work has left free in the heap: glibc returns by itself only what lies at the
/// heap's end. Takes the heap's locks and makes system calls: for a thread that neither media nor signalling waits for.
class HeapKeeper {
 public:
  static constexpr Duration kLook = std::chrono::seconds(1);
  static constexpr Duration kEvery = std::chrono::seconds(20);
  /// How many octets fewer in use than at the highest since the last time: a sixteenth of it, and at least these.
  static constexpr std::size_t kWorthIt = std::size_t{256} << 10;

  /// To be called as often as one likes; looks once in kLook, and gives back at most once in kEvery. Returns whether it did.
  bool tidy(TimePoint now);

 private:
  std::optional<TimePoint> looked_, gave_back_;
  std::size_t highest_ = 0;  ///< octets in use
};

/// Blocks of 128 KiB and more for which the heap has no gap get pages of their own, which go back as they are freed, for the rest of the
/// program's life; glibc does so by itself until the first of them is freed. A call's AudioPort is such a block, of which few pages are ever
/// touched: in a heap that grows for it, it would lie where others have been, and after some thousand calls have all its pages touched by
/// one or another. Once, at the start.
void keep_large_blocks_apart();

}  // namespace offhook::inline v0::base
