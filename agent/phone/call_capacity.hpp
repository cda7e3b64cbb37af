#pragma once

#include <offhook/base/time.hpp>

#include <cstddef>
#include <functional>
#include <optional>

namespace offhook::inline v0::phone {

/// The resource that is too scarce for one more call.
enum class Shortage { None, Descriptors, Memory };

/// Keeps descriptors and memory free for the running calls: after its answer, a call still needs some for its provider, its recording, or
/// a transfer. CallCapacity measures at most ten times a second. For each call that was admitted after the last measurement, it subtracts
/// kDescriptorsPerCall and kMemoryPerCall.
class CallCapacity {
 public:
  /// The resources that the process can still get.
  struct Left {
    std::size_t descriptors = 0;
    std::size_t memory = 0;  ///< octets
  };
  static constexpr std::size_t kDescriptorsPerCall = 8;       ///< RTP, RTCP, a recording, and the sockets of the call's providers, including later ones
  static constexpr std::size_t kDescriptorReserve = 32;       ///< kept free for running calls, name servers, and tools that inspect the process
  static constexpr std::size_t kMemoryPerCall = 16U << 20U;   ///< octets: a recogniser (10 MB), audio that waits for a disk or a provider (4 MB)
  static constexpr std::size_t kMemoryReserve = 64U << 20U;   ///< octets that are kept free for running calls
  static constexpr base::Duration kLookInterval = std::chrono::milliseconds(100);

  explicit CallCapacity(std::function<Left()> look = left_to_process) : look_(std::move(look)) {}

  /// Returns the resource that one more call would lack at `now`.
  [[nodiscard]] Shortage shortage(base::TimePoint now);
  /// A call was admitted.
  void on_call() { ++let_in_; }

 private:
  static Left left_to_process();

  std::function<Left()> look_;
  std::optional<base::TimePoint> looked_at_;
  Left left_;               // resources at the last measurement
  std::size_t let_in_ = 0;  // calls admitted after that measurement
};

/// Returns the shortage at this moment, for code that only reports it. Callable from any thread.
[[nodiscard]] inline Shortage shortage_for_a_call() { return CallCapacity().shortage({}); }

}  // namespace offhook::inline v0::phone
