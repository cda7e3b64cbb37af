#pragma once

#include <offhook/base/time.hpp>

#include <cstddef>
#include <functional>
#include <optional>

namespace offhook::inline v0::phone {

/// What the process lacks for one more call.
enum class Shortage { None, Descriptors, Memory };

/// Keeps descriptors and memory free for the calls that are up: a call goes on to need some after its answer, for its provider, its recording, a transfer.
/// Looks at most ten times a second, and reckons with kDescriptorsPerCall and kMemoryPerCall for each call that was let in since.
class CallRoom {
 public:
  /// What the process may still take.
  struct Left {
    std::size_t descriptors = 0;
    std::size_t memory = 0;  ///< octets
  };
  static constexpr std::size_t kDescriptorsPerCall = 8;       ///< RTP and RTCP, a recording, the sockets of its providers and their successors
  static constexpr std::size_t kDescriptorReserve = 32;       ///< for calls that are up, name servers, and what looks at the process
  static constexpr std::size_t kMemoryPerCall = 16U << 20U;   ///< octets: a recogniser (10 MB), audio that waits for a disk or a provider (4 MB)
  static constexpr std::size_t kMemoryReserve = 64U << 20U;   ///< octets, for calls that are up
  static constexpr base::Duration kLookInterval = std::chrono::milliseconds(100);

  explicit CallRoom(std::function<Left()> look = left_to_process) : look_(std::move(look)) {}

  /// What a call could not be let in for at `now`.
  [[nodiscard]] Shortage shortage(base::TimePoint now);
  /// A call was let in.
  void on_call() { ++let_in_; }

 private:
  static Left left_to_process();

  std::function<Left()> look_;
  std::optional<base::TimePoint> looked_at_;
  Left left_;               // when last looked
  std::size_t let_in_ = 0;  // calls since then
};

/// The same for who does not let calls in, looked up now. From any thread.
[[nodiscard]] inline Shortage shortage_for_a_call() { return CallRoom().shortage({}); }

}  // namespace offhook::inline v0::phone
