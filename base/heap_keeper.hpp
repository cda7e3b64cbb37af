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

}  // namespace offhook::inline v0::base
